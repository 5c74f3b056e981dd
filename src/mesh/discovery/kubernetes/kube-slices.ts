/**
 * The endpoints of Kubernetes services, from EndpointSlices or else the Endpoints object, with properties of their Nodes and Pods. A change
 * of an EndpointSlice recomputes only rows of its own service.
 */
import type { Resource } from '../../../api/resource.js';
import type { EndpointSlice, NodeSpec, PodSpec } from '../../../generated/resources.js';
import { type Graph, type Input, type Key, type Read, type Table, partsCodec } from '../../../graph/index.js';
import { isDnsLabel } from '../../model/address.js';
import {
  type EndpointSliceKey,
  type NodeKey,
  type PodKey,
  type ServiceKey,
  nodeKey,
  podKey,
  serviceKey,
} from '../../model/kube-key.js';
import type { Destination, EndpointGroup, Locality } from '../../model/model.js';
import { mergeFamilies } from './dual-stack.js';
import {
  type PlacedSlice,
  type Pod,
  type SliceResource,
  type NodesAndPods,
  hasNames,
  hasPorts,
  placeSlice,
  SERVICE_NAME_LABEL,
} from './kube-endpoints.js';
import { type EndpointsResource, toSlices } from './kube-legacy-endpoints.js';
import { localityOf } from '../services/kube-place.js';
import type { ServiceResource } from './kube-service.js';
import { atExternalName, atPort, needsDeclaredPort } from './kube-target.js';
import type { RetainedEndpoints } from './shrink-guard.js';
import { groupByLocality } from '../services/endpoint-groups.js';

export interface SliceInputs {
  readonly services: Input<ServiceKey, ServiceResource>;
  readonly endpointSlices: Input<EndpointSliceKey, SliceResource>;
  readonly endpoints: Input<ServiceKey, EndpointsResource>;
  /** Endpoints that stay although their resources lost them. */
  readonly retainedEndpoints: Input<ServiceKey, RetainedEndpoints>;
  readonly nodes: Input<NodeKey, Resource<NodeSpec>>;
  readonly pods: Input<PodKey, Resource<PodSpec>>;
}

export interface SliceTables {
  /** The EndpointSlices of a service. */
  readonly slicesOf: Table<ServiceKey, readonly EndpointSliceKey[]>;
  /** The EndpointSlices of a service whose addresses are DNS names. */
  readonly namedSlicesOf: Table<ServiceKey, readonly EndpointSliceKey[]>;
  /** The EndpointSlices with a port of this name. The key of slices without ports is `ANY_PORT`. */
  readonly slicesWithPort: Table<ServicePortKey, readonly EndpointSliceKey[]>;
  /** The hostnames of the endpoints of a service, sorted. */
  readonly hostnames: Table<ServiceKey, readonly string[]>;
  /** The endpoints of one port of a discovered destination. */
  readonly endpointsOf: (read: Read, destination: Destination, port: number) => readonly EndpointGroup[];
}

/** No port has this name. */
export const ANY_PORT = '*';

/** A service, and the name of a port of its endpoints. */
export type ServicePortKey = Key<'port of a service'>;

const SERVICE_PORT = partsCodec<ServicePortKey, readonly [service: ServiceKey, port: string]>(2);

export function servicePortKey(service: ServiceKey, port: string): ServicePortKey {
  return SERVICE_PORT.format(service, port);
}

export function declareSlices(graph: Graph, inputs: SliceInputs): SliceTables {
  const { services, endpointSlices, endpoints, retainedEndpoints } = inputs;
  const index = <Group extends string>(
    name: string,
    groups: (slice: SliceResource) => readonly Group[],
  ): Table<Group, readonly EndpointSliceKey[]> => graph.index(name, endpointSlices, groups);
  const slicesOf = index('endpointSlicesByService', serviceKeysOf);
  const namedSlicesOf = index('namedEndpointSlicesByService', (slice) =>
    hasNames(slice.spec ?? {}) ? serviceKeysOf(slice) : [],
  );
  const hostSlicesOf = index('endpointSlicesWithHostnames', (slice) =>
    hostnamesIn(slice.spec).length > 0 ? serviceKeysOf(slice) : [],
  );
  const around = declareSurroundings(graph, inputs);
  const placed = graph.derive<EndpointSliceKey, PlacedSlice>('placedEndpointSlices', (read, key) => {
    const slice = read(endpointSlices, key);
    return slice && placeSlice(slice, around(read, slice.ref.cluster));
  });
  const placedEndpoints = graph.derive<ServiceKey, readonly PlacedSlice[]>('placedEndpoints', (read, key) => {
    const resource = read(endpoints, key);
    return (
      resource &&
      toSlices(resource.spec ?? {}).map((spec) =>
        placeSlice({ ref: resource.ref, spec }, around(read, resource.ref.cluster)),
      )
    );
  });
  // Rare, so that they are no row of their own.
  const retainedOf = (read: Read, service: ServiceKey): readonly PlacedSlice[] =>
    (read(retainedEndpoints, service)?.slices ?? []).map((slice) => placeSlice(slice, around(read, slice.ref.cluster)));
  const placedOf = (read: Read, service: ServiceKey): readonly PlacedSlice[] =>
    read(slicesOf, service)?.flatMap((key) => read(placed, key) ?? []) ?? read(placedEndpoints, service) ?? [];
  return {
    slicesOf,
    namedSlicesOf,
    slicesWithPort: index('endpointSlicesByServicePort', portKeysOf),
    hostnames: graph.derive<ServiceKey, readonly string[]>('endpointHostnames', (read, key) => {
      const slices = (read(hostSlicesOf, key) ?? []).map((slice) => read(endpointSlices, slice)?.spec);
      const legacy = read(slicesOf, key) === undefined ? toSlices(read(endpoints, key)?.spec ?? {}) : [];
      const retained = (read(retainedEndpoints, key)?.slices ?? []).map(({ spec }) => spec);
      return [...new Set([...slices, ...legacy, ...retained].flatMap(hostnamesIn))].sort();
    }),
    endpointsOf: (read, destination, port) =>
      endpointsAt(read, destination, port, {
        services,
        slices: (service) => [...placedOf(read, service), ...retainedOf(read, service)],
      }),
  };
}

/** The keys of the service that a slice belongs to. */
export function serviceKeysOf({ ref, labels }: Pick<SliceResource, 'ref' | 'labels'>): readonly ServiceKey[] {
  const name = labels[SERVICE_NAME_LABEL];
  return name === undefined || name === '' ? [] : [serviceKey({ ...ref, name })];
}

function portKeysOf(slice: SliceResource): readonly ServicePortKey[] {
  const names = hasPorts(slice.spec ?? {}) ? (slice.spec?.ports ?? []).map(({ name = '' }) => name) : [ANY_PORT];
  return serviceKeysOf(slice).flatMap((service) => names.map((name) => servicePortKey(service, name)));
}

function hostnamesIn({ endpoints = [] }: EndpointSlice = {}): readonly string[] {
  return endpoints.flatMap(({ hostname = '' }) => (isDnsLabel(hostname) ? [hostname] : []));
}

/** Keeps only the used properties of nodes and pods. Otherwise every heartbeat of a node would recompute endpoints. */
function declareSurroundings(
  graph: Graph,
  { nodes, pods }: SliceInputs,
): (read: Read, cluster?: string) => NodesAndPods {
  const localities = graph.map<NodeKey, Resource<NodeSpec>, Locality>('nodeLocalities', nodes, (node) =>
    localityOf(node.labels),
  );
  const podFacts = graph.map<PodKey, Resource<PodSpec>, Pod>('podFacts', pods, ({ labels, spec }) => ({
    labels,
    node: spec?.nodeName ?? '',
  }));
  return (read, cluster = '') => ({
    node: (name) => (name === '' ? undefined : read(localities, nodeKey({ name, cluster }))),
    pod: (namespace, name) => read(podFacts, podKey({ name, namespace, cluster })),
  });
}

interface EndpointSources {
  readonly services: Input<ServiceKey, ServiceResource>;
  /** The slices of a service. */
  readonly slices: (service: ServiceKey) => readonly PlacedSlice[];
}

function endpointsAt(
  read: Read,
  destination: Destination,
  number: number,
  { services, slices }: EndpointSources,
): readonly EndpointGroup[] {
  const { service, ports, externalName, prefersIpv6 } = destination;
  const port = ports.find((candidate) => candidate.number === number);
  if (service === undefined || port === undefined) return [];
  if (externalName !== undefined) return groupByLocality(atExternalName(externalName, port));
  const key = serviceKey(service);
  const owned = slices(key).flatMap((slice) => {
    const written = needsDeclaredPort(slice) ? (read(services, key)?.spec?.ports ?? []) : [];
    return atPort(
      slice,
      port,
      destination,
      written.find((candidate) => candidate.port === number),
    );
  });
  return groupByLocality(mergeFamilies(owned, prefersIpv6 === true));
}
