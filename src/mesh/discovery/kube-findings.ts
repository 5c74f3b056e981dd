/** Tables of what is found about Kubernetes' own resources. Nothing makes them invalid as a whole: Kubernetes took them. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import { type SliceInputs, type SliceTables, ANY_PORT, kubeKey, serviceKeysOf, servicePortKey } from './kube-slices.js';
import { type ServiceFacts, serviceFindings } from './service-findings.js';
import { endpointsFindings, sliceFindings } from './slice-findings.js';

export interface KubeFindingTables {
  /** By `kubeKey`. */
  readonly serviceFindings: Table<string, readonly Diagnostic[]>;
  /** By `kubeKey`. */
  readonly sliceFindings: Table<string, readonly Diagnostic[]>;
  /** By `kubeKey` of an Endpoints object. */
  readonly endpointsFindings: Table<string, readonly Diagnostic[]>;
}

/** `declaredByService`: keys of Destination resources by `kubeKey` of their service. */
export function declareKubeFindings(
  graph: Graph,
  inputs: SliceInputs,
  slices: SliceTables,
  declaredByService: Table<string, readonly string[]>,
): KubeFindingTables {
  const { services, endpointSlices, endpoints } = inputs;
  const isDeclared = (read: Read, service: string): boolean => read(declaredByService, service) !== undefined;
  return {
    serviceFindings: graph.derive('serviceFindings', (read, key) => {
      const service = read(services, key);
      return service && serviceFindings(service, factsOf(read, key, inputs, slices, read(declaredByService, key)?.[0]));
    }),
    sliceFindings: graph.derive('endpointSliceFindings', (read, key) => {
      const slice = read(endpointSlices, key);
      const [service = ''] = slice === undefined ? [] : serviceKeysOf(slice);
      return slice && sliceFindings(slice, read(services, service), isDeclared(read, service));
    }),
    endpointsFindings: graph.derive('endpointsFindings', (read, key) => {
      const resource = read(endpoints, key);
      // Slices count in its place, and say the same.
      if (resource === undefined || read(slices.slicesOf, key) !== undefined) return undefined;
      return endpointsFindings(resource, read(services, kubeKey(resource.ref)), isDeclared(read, key));
    }),
  };
}

function factsOf(
  read: Read,
  key: string,
  { endpoints }: SliceInputs,
  { slicesOf, slicesWithPort }: SliceTables,
  declared: string | undefined,
): ServiceFacts {
  const hasSlices = read(slicesOf, key) !== undefined;
  const legacy = hasSlices ? undefined : read(endpoints, key);
  const legacyPorts = (legacy?.spec?.subsets ?? []).flatMap(({ ports = [] }) => ports.map(({ name = '' }) => name));
  return {
    declared,
    hasSlices: hasSlices || legacy !== undefined,
    hasPort: (name) =>
      hasSlices
        ? [name, ANY_PORT].some((port) => read(slicesWithPort, servicePortKey(key, port)) !== undefined)
        : legacyPorts.length === 0 || legacyPorts.includes(name),
  };
}
