/** Destination resources as the model has them: the service apart from its endpoints. */
import { type Resource, compareText } from '../api/resource.js';
import type { Graph, Input, KeyedTable, Table } from '../graph/index.js';
import type { DestinationSpec, DestinationSpec_KubeService as KubeService } from '../generated/resources.js';
import { endpointsOf } from './endpoints.js';
import { joinKey, splitKey } from './key.js';
import { type Destination, type EndpointGroup, type Port, objectKey } from './model.js';
import { type PortHints, protocolOf } from './protocol.js';

export interface DestinationTables {
  /** By `objectKey` of the Destination object. */
  readonly destinations: KeyedTable<Destination>;
  /** Keys of destinations by `serviceKey`. */
  readonly byService: Table<readonly string[]>;
  /** Keys of destinations by `objectKey` of their mesh; empty for none. */
  readonly byMesh: Table<readonly string[]>;
  /** Keys of all destinations, in the group `''`. */
  readonly all: Table<readonly string[]>;
  /** By `backingKey`: the endpoints of one port of one destination, ordered by locality and address. */
  readonly endpoints: Table<readonly EndpointGroup[]>;
}

export function declareDestinations(graph: Graph, input: Input<Resource<DestinationSpec>>): DestinationTables {
  const destinations = graph.map('destinations', input, toDestination);
  const endpoints = graph.derive<readonly EndpointGroup[]>('endpoints', (read, key) => {
    const [destination, port] = splitKey(key);
    const resource = read(input, destination);
    return resource?.spec === undefined ? undefined : endpointsOf(resource.spec, Number(port));
  });
  return {
    destinations,
    byService: graph.index('destinationsByService', destinations, ({ service }) =>
      service === undefined ? [] : [serviceKey(service)],
    ),
    byMesh: graph.index('destinationsByMesh', destinations, ({ mesh }) => [mesh]),
    all: graph.index('allDestinations', destinations, () => ['']),
    endpoints,
  };
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
  const shared = { key: objectKey(ref), ref: { name: ref.name, namespace: ref.namespace }, mesh };
  if (spec.externalService !== undefined) {
    const { hosts = [], ports = [] } = spec.externalService;
    return { ...shared, hosts, ports: toPorts(ports), labels };
  }
  const service = spec.kubeService ?? {};
  return { ...shared, service: toServiceRef(service), hosts: [], ports: toPorts(service.ports ?? []), labels: service.labels ?? {} };
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
