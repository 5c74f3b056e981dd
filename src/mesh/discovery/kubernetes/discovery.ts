/** Destinations that are discovered from Kubernetes resources of all clusters. */
import type { Graph, KeyedTable, PlainKey, Read, Table } from '../../../graph/index.js';
import { type ServiceKey, serviceKey } from '../../model/kube-key.js';
import type { Destination, EndpointGroup } from '../../model/model.js';
import { type DestinationKey, type MeshKey, NO_MESH, destinationKey } from '../../model/object-key.js';
import { type KubeFindingTables, declareKubeFindings } from './kube-findings.js';
import {
  type ServiceResource,
  discoveredDestination,
  discoveredNamespace,
  isHeadless,
  serviceRefOf,
  unmistakableName,
  usualName,
} from './kube-service.js';
import { type SliceInputs, declareSlices } from './kube-slices.js';
import type { MeshTables } from '../services/meshes.js';
import { isCallable } from '../services/service-ref.js';

export type DiscoveryInputs = SliceInputs;

/** Destination resources. They take precedence over discovered services. */
export interface DeclaredTables {
  readonly destinations: KeyedTable<DestinationKey, Destination>;
  readonly byService: Table<ServiceKey, readonly DestinationKey[]>;
}

export interface DiscoveryTables extends KubeFindingTables {
  /** By the key of the object for the service. */
  readonly destinations: KeyedTable<DestinationKey, Destination>;
  /** The endpoints of one port of a discovered destination. */
  readonly endpoints: (read: Read, destination: Destination, port: number) => readonly EndpointGroup[];
}

export function declareDiscovery(
  graph: Graph,
  inputs: DiscoveryInputs,
  meshes: MeshTables,
  declared: DeclaredTables,
): DiscoveryTables {
  const slices = declareSlices(graph, inputs);
  const byUsualName = graph.index<ServiceKey, ServiceResource, PlainKey>(
    'servicesByUsualName',
    inputs.services,
    (service) => [usualName(serviceRefOf(service))],
  );
  const destinations = graph.expand(
    'discoveredDestinations',
    inputs.services,
    (service, read, key): readonly Entry[] => {
      if (read(declared.byService, key) !== undefined) return [];
      const ref = serviceRefOf(service);
      if (!isCallable(ref)) return [];
      const { cluster } = ref;
      const mesh = read(meshes.byCluster, cluster)?.[0] ?? NO_MESH;
      const name = freeName(read, service, mesh, byUsualName, declared);
      const named = read(slices.namedSlicesOf, key) !== undefined;
      const hostnames = isHeadless(service) ? (read(slices.hostnames, key) ?? []) : [];
      const destination = discoveredDestination(service, name, { mesh, named, hostnames });
      return [[destination.key, destination]];
    },
  );
  return {
    destinations,
    endpoints: slices.endpointsOf,
    ...declareKubeFindings(graph, inputs, slices, declared.byService),
  };
}

type Entry = readonly [DestinationKey, Destination];

/** The usual name, unless a Destination resource about something else, or another service, has it. */
function freeName(
  read: Read,
  service: ServiceResource,
  mesh: MeshKey,
  byUsualName: Table<PlainKey, readonly ServiceKey[]>,
  declared: DeclaredTables,
): string {
  const ref = serviceRefOf(service);
  const name = usualName(ref);
  const namespace = discoveredNamespace(ref, mesh);
  const first = read(byUsualName, name)?.[0] === serviceKey(ref);
  const free = first && read(declared.destinations, destinationKey({ name, namespace })) === undefined;
  return free ? name : unmistakableName(ref);
}
