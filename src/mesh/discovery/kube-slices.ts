/**
 * The endpoints of Kubernetes services: EndpointSlices, or the Endpoints object where a service has none, with the Nodes and Pods
 * behind them. A change of an EndpointSlice reaches the rows of its own service only.
 */
import type { Resource } from '../../api/resource.js';
import type { EndpointSlice, NodeSpec, PodSpec } from '../../generated/resources.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';
import { isDnsLabel } from '../model/address.js';
import { joinKey } from '../model/key.js';
import type { Destination, EndpointGroup, Locality } from '../model/model.js';
import { mergeFamilies } from './dual-stack.js';
import {
  type PlacedSlice,
  type Pod,
  type SliceResource,
  type Surroundings,
  hasNames,
  hasPorts,
  placeSlice,
  SERVICE_NAME_LABEL,
} from './kube-endpoints.js';
import { type EndpointsResource, toSlices } from './kube-legacy-endpoints.js';
import { localityOf } from './kube-place.js';
import type { ServiceResource } from './kube-service.js';
import { atExternalName, atPort, needsDeclaredPort } from './kube-target.js';
import { groupByLocality } from './located.js';

/** Keys are `kubeKey`. */
export interface SliceInputs {
  readonly services: Input<string, ServiceResource>;
  readonly endpointSlices: Input<string, SliceResource>;
  readonly endpoints: Input<string, EndpointsResource>;
  readonly nodes: Input<string, Resource<NodeSpec>>;
  readonly pods: Input<string, Resource<PodSpec>>;
}

export interface SliceTables {
  /** By `kubeKey` of a service: keys of its EndpointSlices. */
  readonly slicesOf: Table<string, readonly string[]>;
  /** By `kubeKey` of a service: keys of those whose addresses are DNS names. */
  readonly namedSlicesOf: Table<string, readonly string[]>;
  /** By `pairKey` of a service and a port's name: keys of the slices with that port; under `anyPort` of those that have no ports. */
  readonly slicesWithPort: Table<string, readonly string[]>;
  /** By `kubeKey` of a service: the hostnames of its endpoints, sorted. */
  readonly hostnames: Table<string, readonly string[]>;
  /** The endpoints of one port of a discovered destination. */
  readonly endpointsOf: (read: Read, destination: Destination, port: number) => readonly EndpointGroup[];
}

/** The key of what a cluster has by that name. */
export function kubeKey(ref: { readonly name: string; readonly namespace: string; readonly cluster?: string }): string {
  return joinKey(ref.name, ref.namespace, ref.cluster ?? '');
}

/** No port of a slice has this name. */
export const ANY_PORT = '*';

/** The key of `slicesWithPort`. */
export function servicePortKey(service: string, port: string): string {
  return joinKey(service, port);
}

export function declareSlices(graph: Graph, inputs: SliceInputs): SliceTables {
  const { services, endpointSlices, endpoints } = inputs;
  const index = (name: string, groups: (slice: SliceResource) => readonly string[]): Table<string, readonly string[]> =>
    graph.index(name, endpointSlices, groups);
  const slicesOf = index('endpointSlicesByService', serviceKeysOf);
  const namedSlicesOf = index('namedEndpointSlicesByService', (slice) =>
    hasNames(slice.spec ?? {}) ? serviceKeysOf(slice) : [],
  );
  const hostSlicesOf = index('endpointSlicesWithHostnames', (slice) =>
    hostnamesIn(slice.spec).length > 0 ? serviceKeysOf(slice) : [],
  );
  const around = declareSurroundings(graph, inputs);
  const placed = graph.derive<string, PlacedSlice>('placedEndpointSlices', (read, key) => {
    const slice = read(endpointSlices, key);
    return slice && placeSlice(slice, around(read, slice.ref.cluster));
  });
  const placedEndpoints = graph.derive<string, readonly PlacedSlice[]>('placedEndpoints', (read, key) => {
    const resource = read(endpoints, key);
    return (
      resource &&
      toSlices(resource.spec ?? {}).map((spec) =>
        placeSlice({ ref: resource.ref, spec }, around(read, resource.ref.cluster)),
      )
    );
  });
  return {
    slicesOf,
    namedSlicesOf,
    slicesWithPort: index('endpointSlicesByServicePort', portKeysOf),
    hostnames: graph.derive<string, readonly string[]>('endpointHostnames', (read, key) => {
      const slices = (read(hostSlicesOf, key) ?? []).map((slice) => read(endpointSlices, slice)?.spec);
      const legacy = read(slicesOf, key) === undefined ? toSlices(read(endpoints, key)?.spec ?? {}) : [];
      return [...new Set([...slices, ...legacy].flatMap(hostnamesIn))].sort();
    }),
    endpointsOf: (read, destination, port) =>
      endpointsAt(read, destination, port, {
        services,
        slices: (service) =>
          read(slicesOf, service)?.flatMap((key) => read(placed, key) ?? []) ?? read(placedEndpoints, service) ?? [],
      }),
  };
}

/** The keys of the service that a slice belongs to. */
export function serviceKeysOf({ ref, labels }: Pick<SliceResource, 'ref' | 'labels'>): readonly string[] {
  const name = labels[SERVICE_NAME_LABEL];
  return name === undefined || name === '' ? [] : [kubeKey({ ...ref, name })];
}

function portKeysOf(slice: SliceResource): readonly string[] {
  const names = hasPorts(slice.spec ?? {}) ? (slice.spec?.ports ?? []).map(({ name = '' }) => name) : [ANY_PORT];
  return serviceKeysOf(slice).flatMap((service) => names.map((name) => servicePortKey(service, name)));
}

function hostnamesIn({ endpoints = [] }: EndpointSlice = {}): readonly string[] {
  return endpoints.flatMap(({ hostname = '' }) => (isDnsLabel(hostname) ? [hostname] : []));
}

/** Nodes and pods are brought down to what counts, or every heartbeat would reach endpoints. */
function declareSurroundings(
  graph: Graph,
  { nodes, pods }: SliceInputs,
): (read: Read, cluster?: string) => Surroundings {
  const localities = graph.map<string, Resource<NodeSpec>, Locality>('nodeLocalities', nodes, (node) =>
    localityOf(node.labels),
  );
  const podFacts = graph.map<string, Resource<PodSpec>, Pod>('podFacts', pods, ({ labels, spec }) => ({
    labels,
    node: spec?.nodeName ?? '',
  }));
  return (read, cluster = '') => ({
    node: (name) => (name === '' ? undefined : read(localities, kubeKey({ name, namespace: '', cluster }))),
    pod: (namespace, name) => read(podFacts, kubeKey({ name, namespace, cluster })),
  });
}

interface EndpointSources {
  readonly services: Input<string, ServiceResource>;
  /** Those of a service. */
  readonly slices: (service: string) => readonly PlacedSlice[];
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
  const key = kubeKey(service);
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
