/** Tables of findings about Kubernetes resources. None makes a resource invalid, because Kubernetes accepted it. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { Graph, Read, Table } from '../../../graph/index.js';
import type { EndpointSliceKey, ServiceKey } from '../../model/kube-key.js';
import type { DestinationKey } from '../../model/object-key.js';
import { type SliceInputs, type SliceTables, ANY_PORT, serviceKeysOf, servicePortKey } from './kube-slices.js';
import { type ServiceFacts, serviceFindings } from './service-findings.js';
import { endpointsFindings, sliceFindings } from './slice-findings.js';

export interface KubeFindingTables {
  readonly serviceFindings: Table<ServiceKey, readonly Diagnostic[]>;
  readonly sliceFindings: Table<EndpointSliceKey, readonly Diagnostic[]>;
  /** Findings about Endpoints objects. */
  readonly endpointsFindings: Table<ServiceKey, readonly Diagnostic[]>;
}

/** `declaredByService`: Destination resources, by their service. */
export function declareKubeFindings(
  graph: Graph,
  inputs: SliceInputs,
  slices: SliceTables,
  declaredByService: Table<ServiceKey, readonly DestinationKey[]>,
): KubeFindingTables {
  const { services, endpointSlices, endpoints } = inputs;
  const isDeclared = (read: Read, service: ServiceKey | undefined): boolean =>
    service !== undefined && read(declaredByService, service) !== undefined;
  return {
    serviceFindings: graph.derive<ServiceKey, readonly Diagnostic[]>('serviceFindings', (read, key) => {
      const service = read(services, key);
      if (service === undefined) return undefined;
      const facts = factsOf(read, key, inputs, slices, read(declaredByService, key)?.[0]);
      return serviceFindings(service, facts, read(inputs.retainedEndpoints, key));
    }),
    sliceFindings: graph.derive<EndpointSliceKey, readonly Diagnostic[]>('endpointSliceFindings', (read, key) => {
      const slice = read(endpointSlices, key);
      const [service] = slice === undefined ? [] : serviceKeysOf(slice);
      return slice && sliceFindings(slice, service && read(services, service), isDeclared(read, service));
    }),
    endpointsFindings: graph.derive<ServiceKey, readonly Diagnostic[]>('endpointsFindings', (read, key) => {
      const resource = read(endpoints, key);
      // EndpointSlices replace the Endpoints object and have the same content.
      if (resource === undefined || read(slices.slicesOf, key) !== undefined) return undefined;
      return endpointsFindings(resource, read(services, key), isDeclared(read, key));
    }),
  };
}

function factsOf(
  read: Read,
  key: ServiceKey,
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
