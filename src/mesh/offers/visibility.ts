/** What a client sees: which destinations and failover destinations, and under which hosts on which ports. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import { type Graph, type Read, type Table, sameRow } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import { EVERY_MESH } from '../failovers/failovers.js';
import { joinKey, pairKey, splitKey, splitPair } from '../model/key.js';
import { parseClient } from '../clusters/ranking.js';
import { memberCluster, destinationCluster, failoverCluster } from '../clusters/cluster-key.js';
import { variantFor } from '../clusters/variant.js';
import { type MeshTables, meshesSeenFrom } from '../discovery/meshes.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { endpointSubsets } from '../discovery/hosts.js';
import { byPrecedence } from '../discovery/precedence.js';
import { ANYTHING } from '../discovery/traits.js';
import { type Host, type PortUse, type PortUses, needsPortAlone, usePorts } from '../model/port-sharing.js';
import type { RouteTables } from './routes.js';

/** A sidecar gets everything that its mesh sees; a gateway the failover destinations only. */
export type Role = 'sidecar' | 'gateway';

/** A host that is reached on a port: the keys of its cluster. Those of failover destinations come first. */
export type HostsByPort = ReadonlyMap<number, readonly string[]>;

export interface VisibilityTables {
  /** By `audience`: who is on which port, in the order of ports. */
  readonly ports: Table<string, PortUses>;
  /** By `pairKey` of an `audience` and a port: one of `ports`. */
  readonly portUses: Table<string, PortUse>;
  /** By `audience`: clusters by the HTTP port on which clients reach them. */
  readonly httpHosts: Table<string, HostsByPort>;
  /** By `audience`: the keys of all clusters that it is offered, sorted, without the members of aggregates. */
  readonly offered: Table<string, readonly string[]>;
  /** By `pairKey` of an `audience` and a client as `clusterScope` gives it: `offeredCluster` keys, sorted. */
  readonly clusters: Table<string, readonly string[]>;
}

/** A cluster as it is offered: `pairKey` of its key and its `variantFor` the client. */
export function offeredCluster(cluster: string, variant: string): string {
  return pairKey(cluster, variant);
}

/** Clients of one audience see the same hosts. `mesh` is an `objectKey`, or empty. */
export function audience(mesh: string, role: Role): string {
  return joinKey(mesh, role);
}

export function declareVisibility(
  graph: Graph,
  meshes: MeshTables,
  clusters: ClusterTables,
  routes: RouteTables,
  context: ClusterContext,
): VisibilityTables {
  const destinations = graph.derive('visibleDestinations', (read, mesh) =>
    destinationsSeenFrom(read, mesh, meshes, context),
  );
  const failovers = graph.derive('visibleFailovers', (read, mesh) => failoversSeenFrom(read, mesh, context));
  const hosts = graph.derive<string, VisibleHosts>('visibleHosts', (read, key) => {
    const [mesh, role] = splitKey(key);
    const seen = (read(failovers, mesh) ?? []).flatMap((failover) => failoverHosts(read, failover, context));
    const plain =
      role === 'gateway'
        ? []
        : (read(destinations, mesh) ?? []).flatMap((destination) => destinationHosts(read, destination, context));
    return { failovers: seen, plain };
  });
  const ports = graph.derive<string, PortUses>('portsInUse', (read, key) => {
    const seen = read(hosts, key);
    return seen && usePorts(seen.failovers, seen.plain);
  });
  const portUses = graph.derive<string, PortUse>('portUses', (read, key) => {
    const [of, port] = splitPair(key);
    return read(ports, of)?.get(Number(port));
  });
  const httpHosts = graph.derive<string, HostsByPort>(
    'httpHosts',
    (read, key) => httpOnly(read(ports, key) ?? new Map()),
    sameRow,
  );
  const offered = graph.derive('offeredClusters', (read, key) => {
    const { failovers: first = [], plain = [] } = read(hosts, key) ?? {};
    return withReferences(
      read,
      [...first, ...plain].map(({ cluster }) => cluster),
      clusters,
      routes,
    );
  });
  const toClient = graph.derive<string, readonly string[]>('offeredClustersByLocality', (read, key) => {
    const [of, scope] = splitPair(key);
    const client = { key: scope, locality: parseClient(scope).locality };
    const keys = read(offered, of)?.flatMap((cluster) => [cluster, ...membersFor(read, cluster, scope, clusters)]);
    return keys?.map((cluster) => offeredCluster(cluster, variantFor(read, clusters, cluster, client))).sort();
  });
  return { ports, portUses, httpHosts, offered, clusters: toClient };
}

interface VisibleHosts {
  readonly failovers: readonly Host[];
  readonly plain: readonly Host[];
}

/** Without Mesh resources there is one world; with them, a mesh sees its own, its VirtualMesh's, and what is in no mesh. */
function destinationsSeenFrom(
  read: Read,
  mesh: string,
  meshes: MeshTables,
  { destinations }: ClusterContext,
): readonly string[] {
  const seen = meshesSeenFrom(read, meshes, mesh);
  const keys =
    seen === undefined
      ? (read(destinations.all, ANYTHING) ?? [])
      : [...new Set(seen.flatMap((key) => read(destinations.byMesh, key) ?? []))].sort();
  return inPrecedence(read, keys, destinations);
}

/** Services as they come, then external services by age. */
function inPrecedence(
  read: Read,
  keys: readonly string[],
  { destinations, ages }: DestinationTables,
): readonly string[] {
  const externals = keys.flatMap((key) => {
    const destination = read(destinations, key);
    return destination === undefined || destination.service !== undefined ? [] : [destination];
  });
  if (externals.length === 0) return keys;
  const sorted = externals.sort(byPrecedence(read, ages)).map(({ key }) => key);
  const external = new Set(sorted);
  return [...keys.filter((key) => !external.has(key)), ...sorted];
}

function failoversSeenFrom(read: Read, mesh: string, { failovers }: ClusterContext): readonly string[] {
  return [EVERY_MESH, mesh].flatMap((key) => read(failovers.byMesh, key) ?? []).sort();
}

function failoverHosts(read: Read, key: string, { failovers }: ClusterContext): readonly Host[] {
  const ports = read(failovers.failovers, key)?.ports ?? [];
  return ports.map(({ number, protocol }) => ({ cluster: failoverCluster(key, number), port: number, protocol }));
}

/** Where hosts are told apart by name, some lead to endpoints of their own. */
function destinationHosts(read: Read, key: string, { destinations }: ClusterContext): readonly Host[] {
  const destination = read(destinations.destinations, key);
  const subsets = destination === undefined ? [] : endpointSubsets(destination);
  return (destination?.ports ?? []).flatMap(({ number, protocol }) => {
    const own = needsPortAlone(protocol) ? [''] : ['', ...subsets];
    return own.map((subset) => ({ cluster: destinationCluster(key, number, subset), port: number, protocol }));
  });
}

function httpOnly(ports: PortUses): HostsByPort {
  return new Map([...ports].flatMap(([port, { http }]) => (http.length > 0 ? [[port, http] as const] : [])));
}

/** Which members of an aggregate there are, depends on the client. */
function membersFor(
  read: Read,
  cluster: string,
  client: string,
  { clusters, layouts }: ClusterTables,
): readonly string[] {
  if (read(clusters, cluster)?.type !== 'AGGREGATE') return [];
  return (read(layouts, pairKey(cluster, client)) ?? []).map(({ member, run }) => memberCluster(cluster, member, run));
}

/** What a route refers to is offered too, visible or not, or the reference would lead nowhere. */
function withReferences(
  read: Read,
  keys: readonly string[],
  clusters: ClusterTables,
  routes: RouteTables,
): readonly string[] {
  const all = new Set(keys);
  for (const key of all) {
    for (const cluster of read(routes.references, key) ?? []) all.add(cluster);
  }
  return firstOfEachName(read, [...all].sort().reverse(), clusters);
}

/** Should two clusters have one name, the failover destination's comes first, as it does among the hosts. */
function firstOfEachName(read: Read, keys: readonly string[], clusters: ClusterTables): readonly string[] {
  const byName = new Map<string, string>();
  for (const key of keys) {
    const name = read(clusters.clusters, key)?.name;
    if (name !== undefined && !byName.has(name)) byName.set(name, key);
  }
  return [...byName.values()].sort();
}
