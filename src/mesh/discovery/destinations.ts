/** Destinations as the model has them, declared or discovered: the service apart from its endpoints. */
import { type Resource, compareText } from '../../api/resource.js';
import type { Graph, Input, KeyedTable, Table } from '../../graph/index.js';
import type { DestinationSpec, DestinationSpec_KubeService as KubeService } from '../../generated/resources.js';
import { type DiscoveryInputs, type DiscoveryTables, declareDiscovery } from './discovery.js';
import { endpointsOf } from './endpoints.js';
import { joinKey, splitKey } from '../model/key.js';
import type { MeshTables } from './meshes.js';
import { type Destination, type EndpointGroup, type Port, objectKey } from '../model/model.js';
import { type PortHints, protocolOf } from '../model/protocol.js';
import { type SelectableTable, type Traits, declareTraits } from './traits.js';

export interface DestinationTables {
  /** By `objectKey` of the Destination object. */
  readonly destinations: KeyedTable<Destination>;
  /** Keys of destinations by `serviceKey`. */
  readonly byService: Table<readonly string[]>;
  /** Keys of destinations by `objectKey` of their mesh; empty for none. */
  readonly byMesh: Table<readonly string[]>;
  /** Keys of all destinations, in the group `''`. */
  readonly all: Table<readonly string[]>;
  readonly traits: SelectableTable<Destination>;
  /** By `backingKey`: the endpoints of one port of one destination, ordered by locality and address. */
  readonly endpoints: Table<readonly EndpointGroup[]>;
  readonly discovery: DiscoveryTables;
}

export interface DestinationInputs extends DiscoveryInputs {
  readonly destinations: Input<Resource<DestinationSpec>>;
}

/** Destination resources, and what is discovered of Kubernetes besides them. */
export function declareDestinations(graph: Graph, inputs: DestinationInputs, meshes: MeshTables): DestinationTables {
  const declared = graph.map('declaredDestinations', inputs.destinations, toDestination);
  const declaredByService = graph.index('declaredDestinationsByService', declared, serviceKeysOf);
  const discovery = declareDiscovery(graph, inputs, meshes, { destinations: declared, byService: declaredByService });
  const destinations = graph.union('destinations', [declared, discovery.destinations]);
  const endpoints = graph.derive<readonly EndpointGroup[]>('endpoints', (read, key) => {
    const [of, port] = splitKey(key);
    const resource = read(inputs.destinations, of);
    if (resource?.spec !== undefined) return endpointsOf(resource.spec, Number(port));
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
  };
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
export function serviceKey(service: { readonly name?: string; readonly namespace?: string; readonly clusterName?: string; readonly cluster?: string }): string {
  return joinKey(service.name ?? '', service.namespace ?? '', service.cluster ?? service.clusterName ?? '');
}

/** The key of `endpoints`. */
export function backingKey(destination: string, port: number): string {
  return joinKey(destination, String(port));
}

function toDestination({ ref, labels, spec = {} }: Resource<DestinationSpec>): Destination {
  const mesh = spec.mesh?.name ? objectKey({ name: spec.mesh.name, namespace: spec.mesh.namespace ?? '' }) : '';
  const [key, own] = [objectKey(ref), { name: ref.name, namespace: ref.namespace }];
  if (spec.externalService !== undefined) {
    const { hosts = [], ports = [] } = spec.externalService;
    return { key, ref: own, mesh, hosts, ports: toPorts(ports), labels };
  }
  // Field by field: there are many, and spread each would have a hidden class of its own, which is larger than itself.
  const service = spec.kubeService ?? {};
  return { key, ref: own, mesh, service: toServiceRef(service), hosts: [], ports: toPorts(service.ports ?? []), labels: service.labels ?? {} };
}

function toServiceRef({ ref }: KubeService): { name: string; namespace: string; cluster: string } {
  return { name: ref?.name ?? '', namespace: ref?.namespace ?? '', cluster: ref?.clusterName ?? '' };
}

function toPorts(ports: readonly ServicePort[]): readonly Port[] {
  return ports
    .map((port) => ({ number: port.port ?? port.number ?? 0, name: port.name ?? '', protocol: protocolOf(port) }))
    .sort((a, b) => a.number - b.number || compareText(a.name, b.name));
}

/** A port of a Kubernetes service has its number in `port`, one of an external service in `number`. */
interface ServicePort extends PortHints {
  readonly port?: number;
  readonly number?: number;
}
