/**
 * Destinations discovered from Kubernetes' own resources, whichever clusters they come from: Services, their EndpointSlices,
 * and the Nodes and Pods behind those. A change of an EndpointSlice reaches the rows of its own service only.
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { NodeSpec, PodSpec } from '../../generated/resources.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../graph/index.js';
import { type Located, groupByLocality } from './located.js';
import { joinKey } from '../model/key.js';
import { serviceFindings, sliceFindings } from './discovery-findings.js';
import {
  type PlacedSlice,
  type Pod,
  type SliceResource,
  type Surroundings,
  atExternalName,
  atPort,
  hasNames,
  placeSlice,
  serviceNameLabel,
} from './kube-endpoints.js';
import { localityOf } from './kube-place.js';
import {
  type ServiceResource,
  discoveredDestination,
  discoveredNamespace,
  serviceRefOf,
  unmistakableName,
  usualName,
} from './kube-service.js';
import type { MeshTables } from './meshes.js';
import { type Destination, type EndpointGroup, type Locality, objectKey } from '../model/model.js';

/** Keys are `kubeKey`. */
export interface DiscoveryInputs {
  readonly services: Input<ServiceResource>;
  readonly endpointSlices: Input<SliceResource>;
  readonly nodes: Input<Resource<NodeSpec>>;
  readonly pods: Input<Resource<PodSpec>>;
}

/** Destination resources, which win over what is discovered. */
export interface DeclaredTables {
  /** By `objectKey`. */
  readonly destinations: KeyedTable<Destination>;
  /** Keys of destinations by `kubeKey` of their service. */
  readonly byService: Table<readonly string[]>;
}

export interface DiscoveryTables {
  /** By `objectKey` of the object that stands for the service. */
  readonly destinations: KeyedTable<Destination>;
  /** The endpoints of one port of a discovered destination. */
  readonly endpoints: (read: Read, destination: Destination, port: number) => readonly EndpointGroup[];
  /** By `kubeKey`. */
  readonly serviceFindings: Table<readonly Diagnostic[]>;
  /** By `kubeKey`. */
  readonly sliceFindings: Table<readonly Diagnostic[]>;
}

/** The key of what a cluster has by that name. */
export function kubeKey(ref: { readonly name: string; readonly namespace: string; readonly cluster?: string }): string {
  return joinKey(ref.name, ref.namespace, ref.cluster ?? '');
}

export function declareDiscovery(
  graph: Graph,
  inputs: DiscoveryInputs,
  meshes: MeshTables,
  declared: DeclaredTables,
): DiscoveryTables {
  const { services, endpointSlices } = inputs;
  const slicesOf = graph.index('endpointSlicesByService', endpointSlices, (slice) => serviceKeysOf(slice));
  const namedSlicesOf = graph.index('namedEndpointSlicesByService', endpointSlices, (slice) =>
    hasNames(slice.spec ?? {}) ? serviceKeysOf(slice) : [],
  );
  const byUsualName = graph.index('servicesByUsualName', services, (service) => [usualName(serviceRefOf(service))]);
  const destinations = graph.expand('discoveredDestinations', services, (service, read, key): readonly Entry[] => {
    if (read(declared.byService, key) !== undefined) return [];
    const { cluster } = serviceRefOf(service);
    const mesh = read(meshes.byCluster, cluster)?.[0] ?? '';
    const name = freeName(read, service, mesh, byUsualName, declared);
    const destination = discoveredDestination(service, name, { mesh, named: read(namedSlicesOf, key) !== undefined });
    return [[destination.key, destination]];
  });
  const placed = declarePlacedSlices(graph, inputs);
  return {
    destinations,
    endpoints: (read, destination, number) => endpointsOf(read, destination, number, { slicesOf, placed, services }),
    serviceFindings: graph.derive('serviceFindings', (read, key) => {
      const service = read(services, key);
      return service && serviceFindings(service, read(declared.byService, key) ?? []);
    }),
    sliceFindings: graph.derive('endpointSliceFindings', (read, key) => {
      const slice = read(endpointSlices, key);
      return slice && sliceFindings(slice);
    }),
  };
}

type Entry = readonly [string, Destination];

/** The keys of the service that a slice belongs to. */
function serviceKeysOf({ ref, labels }: SliceResource): readonly string[] {
  const name = labels[serviceNameLabel];
  return name === undefined || name === '' ? [] : [kubeKey({ ...ref, name })];
}

/** The usual name, unless it is taken: by a Destination resource about something else, or by another service. */
function freeName(
  read: Read,
  service: ServiceResource,
  mesh: string,
  byUsualName: Table<readonly string[]>,
  declared: DeclaredTables,
): string {
  const ref = serviceRefOf(service);
  const name = usualName(ref);
  const namespace = discoveredNamespace(ref, mesh);
  const first = read(byUsualName, name)?.[0] === kubeKey(ref);
  const free = first && read(declared.destinations, objectKey({ name, namespace })) === undefined;
  return free ? name : unmistakableName(ref);
}

/** By `kubeKey` of a slice. Nodes and pods are brought down to what counts, or every heartbeat would reach endpoints. */
function declarePlacedSlices(graph: Graph, { endpointSlices, nodes, pods }: DiscoveryInputs): Table<PlacedSlice> {
  const localities = graph.map<Resource<NodeSpec>, Locality>('nodeLocalities', nodes, (node) => localityOf(node.labels));
  const podFacts = graph.map<Resource<PodSpec>, Pod>('podFacts', pods, ({ labels, spec }) => ({
    labels,
    node: spec?.nodeName ?? '',
  }));
  return graph.derive<PlacedSlice>('placedEndpointSlices', (read, key) => {
    const slice = read(endpointSlices, key);
    if (slice === undefined) return undefined;
    const { cluster = '' } = slice.ref;
    const around: Surroundings = {
      node: (name) => (name === '' ? undefined : read(localities, kubeKey({ name, namespace: '', cluster }))),
      pod: (namespace, name) => read(podFacts, kubeKey({ name, namespace, cluster })),
    };
    return placeSlice(slice, around);
  });
}

interface EndpointSources {
  readonly slicesOf: Table<readonly string[]>;
  readonly placed: Table<PlacedSlice>;
  readonly services: Input<ServiceResource>;
}

function endpointsOf(
  read: Read,
  { service, ports, externalName }: Destination,
  number: number,
  { slicesOf, placed, services }: EndpointSources,
): readonly EndpointGroup[] {
  const port = ports.find((candidate) => candidate.number === number);
  if (service === undefined || port === undefined) return [];
  if (externalName !== undefined) return groupByLocality(atExternalName(externalName, port));
  const key = kubeKey(service);
  const located = (read(slicesOf, key) ?? []).flatMap((sliceKey): readonly Located[] => {
    const slice = read(placed, sliceKey);
    if (slice === undefined) return [];
    const written = slice.ports ? [] : (read(services, key)?.spec?.ports ?? []);
    return atPort(slice, port, ports, written.find((candidate) => candidate.port === number));
  });
  return groupByLocality(located);
}
