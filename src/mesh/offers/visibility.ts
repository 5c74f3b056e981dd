/** The destinations and failover destinations that a client sees, with their hosts and ports. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import { type Graph, type Read, type Table, sameRow } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import { EVERY_MESH } from '../failovers/failovers.js';
import { variantFor } from '../clusters/variant.js';
import { type MeshTables, meshesSeenFrom } from '../discovery/services/meshes.js';
import type { DestinationTables } from '../discovery/destinations.js';
import { endpointSubsets } from '../discovery/hosts.js';
import { byPrecedence } from '../discovery/services/precedence.js';
import { ALL_SELECTABLE } from '../discovery/services/selector-index.js';
import { type Host, type PortUse, type PortUses, needsPortAlone, usePorts } from '../model/port-sharing.js';
import type { RouteTables } from './routes.js';
import type { MeshKey, DestinationKey } from '../model/object-key.js';
import type { FailoverKey } from '../model/failover-key.js';
import { type ClusterKey, destinationCluster, failoverCluster, memberCluster } from '../model/cluster-key.js';
import { type ClientKey, parseClient } from '../clusters/client-key.js';
import { rankingKey } from '../clusters/ranking-key.js';
import {
  type AudienceKey,
  type PortUseKey,
  type OfferKey,
  type OfferedKey,
  parseAudience,
  parsePortUse,
  parseOffer,
  offeredCluster,
} from './visibility-key.js';

/** The clusters of the hosts on a port. Those of failover destinations come first. */
export type HostsByPort = ReadonlyMap<number, readonly ClusterKey[]>;

export interface VisibilityTables {
  /** The hosts on each port, by port. */
  readonly ports: Table<AudienceKey, PortUses>;
  /** One port of `ports`. */
  readonly portUses: Table<PortUseKey, PortUse>;
  /** Clusters, by the HTTP port on which clients reach them. */
  readonly httpHosts: Table<AudienceKey, HostsByPort>;
  /** All clusters for an audience, sorted, without the members of aggregates. */
  readonly offered: Table<AudienceKey, readonly ClusterKey[]>;
  /** The clusters for one client, sorted. */
  readonly clusters: Table<OfferKey, readonly OfferedKey[]>;
}

export function declareVisibility(
  graph: Graph,
  meshes: MeshTables,
  clusters: ClusterTables,
  routes: RouteTables,
  context: ClusterContext,
): VisibilityTables {
  const destinations = graph.derive<MeshKey, readonly DestinationKey[]>('visibleDestinations', (read, mesh) =>
    destinationsSeenFrom(read, mesh, meshes, context),
  );
  const failovers = graph.derive<MeshKey, readonly FailoverKey[]>('visibleFailovers', (read, mesh) =>
    failoversSeenFrom(read, mesh, context),
  );
  const hosts = graph.derive<AudienceKey, VisibleHosts>('visibleHosts', (read, key) => {
    const [mesh, role] = parseAudience(key);
    const seen = (read(failovers, mesh) ?? []).flatMap((failover) => failoverHosts(read, failover, context));
    const plain =
      role === 'gateway'
        ? []
        : (read(destinations, mesh) ?? []).flatMap((destination) => destinationHosts(read, destination, context));
    return { failovers: seen, plain };
  });
  const ports = graph.derive<AudienceKey, PortUses>('portsInUse', (read, key) => {
    const seen = read(hosts, key);
    return seen && usePorts(seen.failovers, seen.plain);
  });
  const portUses = graph.derive<PortUseKey, PortUse>('portUses', (read, key) => {
    const [of, port] = parsePortUse(key);
    return read(ports, of)?.get(Number(port));
  });
  const httpHosts = graph.derive<AudienceKey, HostsByPort>(
    'httpHosts',
    (read, key) => httpOnly(read(ports, key) ?? new Map()),
    sameRow,
  );
  const offered = graph.derive<AudienceKey, readonly ClusterKey[]>('offeredClusters', (read, key) => {
    const { failovers: first = [], plain = [] } = read(hosts, key) ?? {};
    return withReferences(
      read,
      [...first, ...plain].map(({ cluster }) => cluster),
      clusters,
      routes,
    );
  });
  const toClient = graph.derive<OfferKey, readonly OfferedKey[]>('offeredClustersByLocality', (read, key) => {
    const [of, scope] = parseOffer(key);
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

/** Without Mesh resources, clients see everything. With them, a mesh sees itself, the meshes of its VirtualMesh, and services without a mesh. */
function destinationsSeenFrom(
  read: Read,
  mesh: MeshKey,
  meshes: MeshTables,
  { destinations }: ClusterContext,
): readonly DestinationKey[] {
  const seen = meshesSeenFrom(read, meshes, mesh);
  const keys =
    seen === undefined
      ? (read(destinations.all, ALL_SELECTABLE) ?? [])
      : [...new Set(seen.flatMap((key) => read(destinations.byMesh, key) ?? []))].sort();
  return inPrecedence(read, keys, destinations);
}

/** Services in the given order, then external services by age. */
function inPrecedence(
  read: Read,
  keys: readonly DestinationKey[],
  { destinations, ages }: DestinationTables,
): readonly DestinationKey[] {
  const externals = keys.flatMap((key) => {
    const destination = read(destinations, key);
    return destination === undefined || destination.service !== undefined ? [] : [destination];
  });
  if (externals.length === 0) return keys;
  const sorted = externals.sort(byPrecedence(read, ages)).map(({ key }) => key);
  const external = new Set(sorted);
  return [...keys.filter((key) => !external.has(key)), ...sorted];
}

function failoversSeenFrom(read: Read, mesh: MeshKey, { failovers }: ClusterContext): readonly FailoverKey[] {
  return [EVERY_MESH, mesh].flatMap((key) => read(failovers.byMesh, key) ?? []).sort();
}

function failoverHosts(read: Read, key: FailoverKey, { failovers }: ClusterContext): readonly Host[] {
  const ports = read(failovers.failovers, key)?.ports ?? [];
  return ports.map(({ number, protocol }) => ({ cluster: failoverCluster(key, number), port: number, protocol }));
}

/** On ports where Envoy selects by hostname, some hostnames lead to single endpoints. */
function destinationHosts(read: Read, key: DestinationKey, { destinations }: ClusterContext): readonly Host[] {
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

/** The members of an aggregate depend on the client. */
function membersFor(
  read: Read,
  cluster: ClusterKey,
  client: ClientKey,
  { clusters, layouts }: ClusterTables,
): readonly ClusterKey[] {
  if (read(clusters, cluster)?.type !== 'AGGREGATE') return [];
  return (read(layouts, rankingKey(cluster, client)) ?? []).map(({ member, run }) =>
    memberCluster(cluster, member, run),
  );
}

/** Adds the clusters that routes refer to, even if the client does not see their hosts. A route must not refer to a missing cluster. */
function withReferences(
  read: Read,
  keys: readonly ClusterKey[],
  clusters: ClusterTables,
  routes: RouteTables,
): readonly ClusterKey[] {
  const all = new Set(keys);
  for (const key of all) {
    for (const cluster of read(routes.references, key) ?? []) all.add(cluster);
  }
  return firstOfEachName(read, [...all].sort().reverse(), clusters);
}

/** If two clusters have the same name, that of the failover destination comes first, as among the hosts. */
function firstOfEachName(read: Read, keys: readonly ClusterKey[], clusters: ClusterTables): readonly ClusterKey[] {
  const byName = new Map<string, ClusterKey>();
  for (const key of keys) {
    const name = read(clusters.clusters, key)?.name;
    if (name !== undefined && !byName.has(name)) byName.set(name, key);
  }
  return [...byName.values()].sort();
}
