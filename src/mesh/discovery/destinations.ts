/** Destinations as the model has them, declared or discovered: the service apart from its endpoints. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, byAge } from '../../api/resource.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../graph/index.js';
import type { DestinationSpec, DestinationSpec_ExternalService as ExternalService } from '../../generated/resources.js';
import { destinationFindings } from './destination-findings.js';
import { type DiscoveryInputs, type DiscoveryTables, declareDiscovery } from './discovery.js';
import { endpointsOf } from './endpoints.js';
import { endpointHostsOf, hostsOf } from './external-hosts.js';
import { collectFindings } from '../model/finding.js';
import { joinKey, splitKey } from '../model/key.js';
import { usableLabels } from './labels.js';
import { checkMesh } from './mesh-findings.js';
import { type MeshTables, hasMeshes } from './meshes.js';
import { withOwnHostname } from './own-hostname.js';
import { type Destination, type EndpointGroup, type ExportTo, describeService, objectKey } from '../model/model.js';
import { servedPorts } from './ports.js';
import { type AgeTable, declareAges } from './precedence.js';
import { isCallable, portsOf, serviceOf } from './service-ref.js';
import { type SelectableTable, type TraitKey, type Traits, declareTraits } from './traits.js';

export interface DestinationTables {
  /** By `objectKey` of the Destination object. */
  readonly destinations: KeyedTable<string, Destination>;
  /** Keys of destinations by `serviceKey`. */
  readonly byService: Table<string, readonly string[]>;
  /** Keys of destinations by `objectKey` of their mesh; empty for none. */
  readonly byMesh: Table<string, readonly string[]>;
  /** Keys of all destinations, under `ANYTHING`. */
  readonly all: Table<TraitKey, readonly string[]>;
  readonly traits: SelectableTable<string, Destination>;
  /** By `backingKey`: the endpoints of one port of one destination, ordered by locality and address. */
  readonly endpoints: Table<string, readonly EndpointGroup[]>;
  readonly discovery: DiscoveryTables;
  /** Keys of external services by host, in lower case. */
  readonly externalsByHost: Table<string, readonly string[]>;
  readonly ages: AgeTable;
  /** By `objectKey` of a Destination resource. */
  readonly findings: Table<string, readonly Diagnostic[]>;
}

export interface DestinationInputs extends DiscoveryInputs {
  readonly destinations: Input<string, Resource<DestinationSpec>>;
}

/** Destination resources, and what is discovered of Kubernetes besides them. */
export function declareDestinations(graph: Graph, inputs: DestinationInputs, meshes: MeshTables): DestinationTables {
  const declaredByService = graph.index('declaredDestinationsByService', inputs.destinations, declaredServiceKeys);
  /** Of several Destinations about one service: the key of the one that counts. */
  const counting = (read: Read, resource: Resource<DestinationSpec>): string => {
    const rivals = declaredServiceKeys(resource).flatMap((service) => read(declaredByService, service) ?? []);
    if (rivals.length < 2) return objectKey(resource.ref);
    const [oldest = resource] = rivals.flatMap((rival) => read(inputs.destinations, rival) ?? []).sort(byAge);
    return objectKey(oldest.ref);
  };
  const externalsByName = graph.index('externalsByFirstHost', inputs.destinations, firstHostKeys);
  const declared = graph.map('declaredDestinations', inputs.destinations, (resource, read, key) => {
    if (counting(read, resource) !== key) return undefined;
    const destination = toDestination(resource);
    const isNamed =
      destination?.service === undefined && hasNameOfAnother(read, resource, inputs.destinations, externalsByName);
    return destination && isNamed
      ? { ...destination, clusterHost: `${destination.hosts[0] ?? ''}.${objectKey(resource.ref)}` }
      : destination;
  });
  const discovery = declareDiscovery(graph, inputs, meshes, { destinations: declared, byService: declaredByService });
  const destinations = graph.union('destinations', [declared, discovery.destinations]);
  const endpoints = graph.derive<string, readonly EndpointGroup[]>('endpoints', (read, key) => {
    const [of, port] = splitKey(key);
    const resource = read(inputs.destinations, of);
    if (resource?.spec !== undefined)
      return withOwnHostname(
        endpointsOf(resource.spec, Number(port)),
        resource.spec.externalService ? hostsOf(resource.spec.externalService) : [],
      );
    const destination = read(destinations, of);
    return destination && discovery.endpoints(read, destination, Number(port));
  });
  const traits = declareTraits(graph, 'destinations', destinations, traitsOf);
  return {
    destinations,
    byService: graph.index('destinationsByService', destinations, serviceKeysOf),
    byMesh: graph.index('destinationsByMesh', destinations, ({ mesh }) => [mesh]),
    all: traits.byTrait,
    traits,
    endpoints,
    discovery,
    externalsByHost: graph.index('externalsByHost', destinations, ({ service, hosts }) =>
      service === undefined ? hosts : [],
    ),
    ages: declareAges(graph, inputs.destinations),
    findings: graph.derive('destinationFindings', (read, key) => {
      const resource = read(inputs.destinations, key);
      if (resource === undefined) return undefined;
      const first = counting(read, resource);
      return [
        ...(first === key ? [] : [alreadyDeclared(resource, first)]),
        ...destinationFindings(resource),
        ...meshFindings(read, meshes, resource),
      ];
    }),
  };
}

/** Where there are no meshes at all, everybody sees the service. */
function meshFindings(
  read: Read,
  meshes: MeshTables,
  { ref, spec: { mesh } = {} }: Resource<DestinationSpec>,
): readonly Diagnostic[] {
  if (mesh === undefined || !hasMeshes(read, meshes)) return [];
  const findings = collectFindings(ref);
  checkMesh(findings, read, meshes, { mesh, path: ['spec', 'mesh'], effect: 'no client sees the service' });
  return findings.all;
}

/** The service that the Destination is about, where it says so. */
function declaredServiceKeys({
  spec: { kubeService, externalService } = {},
}: Resource<DestinationSpec>): readonly string[] {
  if (kubeService === undefined || externalService !== undefined) return [];
  const service = serviceOf(kubeService);
  return isCallable(service) ? [serviceKey(service)] : [];
}

/** What the clusters of an external service are named by. */
function firstHostKeys({ spec: { externalService } = {} }: Resource<DestinationSpec>): readonly string[] {
  const [host] = externalService === undefined ? [] : hostsOf(externalService);
  return host === undefined
    ? []
    : (externalService?.ports ?? []).map(({ number = 0 }) => joinKey(host, String(number)));
}

/** Whether the clusters of an older external service, or of some service in a cluster, are named by its first host. */
function hasNameOfAnother(
  read: Read,
  resource: Resource<DestinationSpec>,
  input: Input<string, Resource<DestinationSpec>>,
  byName: Table<string, readonly string[]>,
): boolean {
  const keys = firstHostKeys(resource);
  if (serviceHost.test(splitKey(keys[0] ?? '')[0])) return true;
  const rivals = keys.flatMap((key) => read(byName, key) ?? []).filter((key) => key !== objectKey(resource.ref));
  return rivals.some((key) => {
    const rival = read(input, key);
    return rival !== undefined && byAge(rival, resource) < 0;
  });
}

const serviceHost = /\.svc\.(.+\.global|cluster\.local)$/;

function alreadyDeclared({ ref, spec }: Resource<DestinationSpec>, first: string): Diagnostic {
  const name = describeService(serviceOf(spec?.kubeService ?? {}));
  const message = `Destination ${first} already describes ${name}; this one is ignored.`;
  return { ref, code: 'AlreadyDeclared', path: ['spec', 'kubeService', 'ref'], severity: 'error', message };
}

function serviceKeysOf({ service }: Destination): readonly string[] {
  return service === undefined ? [] : [serviceKey(service)];
}

/** A service is selected by what it is called where it runs, an external service by its object. */
function traitsOf({ service, ref, labels }: Destination): Traits {
  const { name, namespace, cluster } = service ?? { ...ref, cluster: '' };
  return { name, namespace, cluster, labels };
}

/** The key of `byService`. */
export function serviceKey(service: {
  readonly name?: string;
  readonly namespace?: string;
  readonly clusterName?: string;
  readonly cluster?: string;
}): string {
  return joinKey(service.name ?? '', service.namespace ?? '', service.cluster ?? service.clusterName ?? '');
}

/** The key of `endpoints`. */
export function backingKey(destination: string, port: number): string {
  return joinKey(destination, String(port));
}

/** `undefined` for what nobody could call. */
function toDestination({ ref, labels, spec = {} }: Resource<DestinationSpec>): Destination | undefined {
  const mesh = spec.mesh?.name ? objectKey({ name: spec.mesh.name, namespace: spec.mesh.namespace ?? '' }) : '';
  const [key, own] = [objectKey(ref), { name: ref.name, namespace: ref.namespace }];
  if (spec.externalService !== undefined)
    return { key, ref: own, mesh, labels: usableLabels(labels), ...toExternal(spec.externalService) };
  const { kubeService } = spec;
  const service = serviceOf(kubeService ?? {});
  if (kubeService === undefined || !isCallable(service)) return undefined;
  // Field by field: there are many, and spread each would have a hidden class of its own, which is larger than itself.
  return {
    key,
    ref: own,
    mesh,
    service,
    hosts: [],
    ports: servedPorts(portsOf(kubeService), 'kubernetes'),
    labels: usableLabels(kubeService.labels ?? {}),
  };
}

function toExternal(service: ExternalService): Pick<Destination, 'hosts' | 'ports' | 'endpointHosts' | 'exportTo'> {
  const endpointHosts = endpointHostsOf(service);
  const exportTo = (service.exportTo ?? []).map(({ clusters = [], namespaces = [] }): ExportTo => ({
    clusters,
    namespaces,
  }));
  return {
    hosts: hostsOf(service),
    ports: servedPorts(service.ports ?? [], 'external'),
    ...(endpointHosts.length > 0 && { endpointHosts }),
    ...(exportTo.length > 0 && { exportTo }),
  };
}
