/**
 * What a name leads to that a client asks for by itself, as a gRPC client does with `xds:///hostname:port`. Looked up, where Envoys get
 * lists, so a name costs the same however many services there are. Whoever has the name in Envoy's routes has it here; who may share a
 * port does not matter, for nobody listens.
 */
import { destinationCluster, failoverCluster } from '../clusters/cluster-key.js';
import type { ClusterContext } from '../clusters/cluster-settings.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import { type DestinationTables, serviceKey } from '../discovery/destinations.js';
import { endpointSubsets, hostnamesOf, qualifiedName } from '../discovery/hosts.js';
import { joinKey, pairKey, splitKey, splitPair } from '../model/key.js';
import { type MeshTables, meshesSeenFrom } from '../discovery/meshes.js';
import { byPrecedence } from '../discovery/precedence.js';
import type { Role } from './visibility.js';

/** The client, as far as names are concerned. */
export interface TargetScope {
  /** `objectKey` of its Mesh; empty for none. */
  readonly mesh: string;
  readonly role: Role;
  readonly cluster: string;
  readonly namespace: string;
}

/** By `targetKey`: the cluster's key. No row for a name or a port that the client does not reach. */
export type TargetTable = Table<string, string>;

/** `name`: `hostname:port`, or a hostname alone: port 80 where it has that, else its only one. */
export function targetKey(scope: TargetScope, name: string): string {
  return pairKey(formatTargetScope(scope), name);
}

export function formatTargetScope({ mesh, role, cluster, namespace }: TargetScope): string {
  return joinKey(mesh, role, cluster, namespace);
}

/** The inverse of `formatTargetScope`. */
export function parseTargetScope(scope: string): TargetScope {
  const [mesh, role, cluster, namespace] = splitKey(scope);
  return { mesh, role: role === 'gateway' ? 'gateway' : 'sidecar', cluster, namespace };
}

export function declareTargets(graph: Graph, meshes: MeshTables, context: ClusterContext): TargetTable {
  const { destinations, failovers } = context;
  return graph.derive<string, string>('targets', (read, key) => {
    const [scope, name] = splitPair(key);
    const { hostname, port } = parseTarget(name);
    const client = parseTargetScope(scope);
    const found = [
      ...failoversCalled(read, hostname, client, failovers.byHost).map((of) =>
        failoverPorts(read, of, client, context),
      ),
      ...(client.role === 'gateway'
        ? []
        : [...servicesNamed(read, hostname, client, destinations), ...externalsCalled(read, hostname, destinations)]
      ).map((of) => destinationPorts(read, of, hostname, client, meshes, destinations)),
    ];
    return choose(found, port);
  });
}

interface Target {
  readonly hostname: string;
  /** `undefined` where none is named; NaN for what is no port. */
  readonly port: number | undefined;
}

/** Hostnames are compared without regard to case and to a final dot. */
function fold(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

function parseTarget(name: string): Target {
  const at = name.lastIndexOf(':');
  if (at < 0) return { hostname: fold(name), port: undefined };
  const port = name.slice(at + 1);
  return { hostname: fold(name.slice(0, at)), port: /^[1-9]\d{0,4}$/.test(port) ? Number(port) : NaN };
}

/** Cluster keys by port. */
type Ports = ReadonlyMap<number, string>;

const nothing: Ports = new Map();

function failoverPorts(read: Read, key: string, { mesh }: TargetScope, { failovers }: ClusterContext): Ports {
  const failover = read(failovers.failovers, key);
  if (failover === undefined || failover.meshes?.includes(mesh) === false) return nothing;
  return new Map(failover.ports.map(({ number }) => [number, failoverCluster(key, number)]));
}

function destinationPorts(
  read: Read,
  key: string,
  hostname: string,
  client: TargetScope,
  meshes: MeshTables,
  { destinations }: DestinationTables,
): Ports {
  const destination = read(destinations, key);
  if (destination === undefined) return nothing;
  const subset = ['', ...endpointSubsets(destination)].find((part) =>
    hostnamesOf(destination, client, part).some((host) => fold(host) === hostname),
  );
  if (subset === undefined) return nothing;
  if (meshesSeenFrom(read, meshes, client.mesh)?.includes(destination.mesh) === false) return nothing;
  return new Map(destination.ports.map(({ number }) => [number, destinationCluster(key, number, subset)]));
}

/** By its own hostname, or as what the client's resolver would make of a short one. */
function failoversCalled(
  read: Read,
  hostname: string,
  client: TargetScope,
  byHost: Table<string, readonly string[]>,
): readonly string[] {
  return [...new Set([hostname, qualifiedName(hostname, client)])].flatMap((host) => read(byHost, host) ?? []);
}

/** Destinations whose service the hostname may mean: `name`, `name.namespace`, and so on; and in which cluster. */
function servicesNamed(
  read: Read,
  hostname: string,
  client: TargetScope,
  { byService }: DestinationTables,
): readonly string[] {
  const [first = '', second = client.namespace, third = client.namespace] = hostname.split('.');
  const global = /\.svc\.(.+)\.global$/.exec(hostname)?.[1];
  const clusters = [...new Set([client.cluster, global ?? '', ''])];
  // With a pod's name in front, what it is in comes second.
  const services = [
    { name: first, namespace: second },
    { name: second, namespace: third },
  ];
  return services.flatMap((service) =>
    clusters.flatMap((cluster) => read(byService, serviceKey({ ...service, cluster })) ?? []),
  );
}

function externalsCalled(
  read: Read,
  hostname: string,
  { externalsByHost, destinations, ages }: DestinationTables,
): readonly string[] {
  const found = (read(externalsByHost, hostname) ?? []).flatMap((key) => read(destinations, key) ?? []);
  return found.sort(byPrecedence(read, ages)).map(({ key }) => key);
}

/** The first that has the port, as in Envoy's routes. */
function choose(found: readonly Ports[], port: number | undefined): string | undefined {
  if (port !== undefined) return found.find((ports) => ports.has(port))?.get(port);
  const numbers = [...new Set(found.flatMap((ports) => [...ports.keys()]))];
  const [only = NaN, ...others] = numbers.includes(80) ? [80] : numbers;
  return others.length > 0 ? undefined : choose(found, only);
}
