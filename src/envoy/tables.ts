/** Tables of encoded Envoy messages. A row is encoded when a client subscribes to it, and again only when its row of the model changes. */
import type { Graph, Read, Table } from '../graph/index.js';
import type { ClusterTables } from '../mesh/clusters/clusters.js';
import { failoverHostnames, hostnamesOf, inOrderOfNames } from '../mesh/discovery/hosts.js';
import type { Route } from '../mesh/offers/routes.js';
import type { MeshModel } from '../mesh/tables.js';
import { contentOf } from './clusters/cluster-content.js';
import { clusterEncoder } from './clusters/cluster-encoder.js';
import { loadAssignmentEncoder } from './clusters/cluster-load-assignment.js';
import { distinctNames } from './rows/distinct-names.js';
import type { EncodedMessage } from './rows/encoded-message.js';
import { encodeGuarded } from './rows/guarded.js';
import { type GrpcTables, declareGrpc } from './grpc/grpc-tables.js';
import { type InterceptionTables, declareInterception } from './listeners/interception-tables.js';
import { declareListeners } from './listeners/listeners.js';
import { routeConfigurationEncoder } from './routes/route-configuration.js';
import { toVirtualHost } from './routes/virtual-host.js';
import { type ClusterKey, parseCluster } from '../mesh/model/cluster-key.js';
import { type TiersKey, rankingKey, tiersKey, parseTiersKey } from '../mesh/clusters/ranking-key.js';
import { audienceKey } from '../mesh/offers/visibility-key.js';
import { routeKey } from '../mesh/offers/route-key.js';
import { formatSourceScope, parseSourceScope } from '../mesh/policies/selection/source-selectors.js';
import { type LoadAssignmentKey, parseLoadAssignment } from './clusters/load-assignment-key.js';
import {
  type RouteConfigurationKey,
  type VirtualHostKey,
  parseRouteConfiguration,
  virtualHostKey,
  parseVirtualHost,
} from './routes/route-key.js';
import type { ListenerKey } from './listeners/listener-key.js';
import { type EncodedClusterKey, parseEncodedCluster } from './clusters/cluster-key.js';

export interface EnvoyTables {
  readonly clusters: Table<EncodedClusterKey, EncodedMessage>;
  /** A row for every EDS cluster, with or without endpoints. */
  readonly loadAssignments: Table<LoadAssignmentKey, EncodedMessage>;
  readonly listeners: Table<ListenerKey, EncodedMessage>;
  /** No row for a port on which the client sees no host. */
  readonly routeConfigurations: Table<RouteConfigurationKey, EncodedMessage>;
  readonly interception: InterceptionTables;
  readonly grpc: GrpcTables;
}

export function declareEnvoy(graph: Graph, model: MeshModel): EnvoyTables {
  const encodeCluster = clusterEncoder();
  const clusters = graph.derive<EncodedClusterKey, EncodedMessage>('encodedClusters', (read, key) => {
    const { of, variant, userTimeoutMs } = parseEncodedCluster(key);
    const cluster = read(model.clusters.clusters, of);
    if (cluster === undefined) return undefined;
    const { name, type } = cluster;
    return {
      name,
      ...encodeCluster(cluster, { ...contentOf(read, model.clusters, of, variant), userTimeoutMs }),
      ...(type === 'EDS' && { endpoints: name }),
    };
  });
  const routeConfigurations = declareRouteConfigurations(graph, model);
  const interception = declareInterception(graph, routeConfigurations);
  const loadAssignments = declareLoadAssignments(graph, model.clusters);
  const grpc = declareGrpc(graph, model);
  return {
    clusters,
    loadAssignments,
    listeners: declareListeners(graph, model),
    routeConfigurations,
    interception,
    grpc,
  };
}

function declareLoadAssignments(
  graph: Graph,
  { clusters, rankings, tiers, byName }: ClusterTables,
): EnvoyTables['loadAssignments'] {
  const encode = loadAssignmentEncoder();
  const ranked = graph.derive<TiersKey, EncodedMessage>('encodedTiers', (read, key) => {
    const cluster = read(clusters, parseTiersKey(key)[0]);
    if (cluster?.type !== 'EDS') return undefined;
    return { name: cluster.name, ...encode(cluster.name, read(tiers, key)?.tiers ?? []) };
  });
  return graph.derive<LoadAssignmentKey, EncodedMessage>('loadAssignments', (read, key) => {
    const [name, client] = parseLoadAssignment(key);
    const cluster = byName(read, name);
    const ranking = cluster === undefined ? undefined : read(rankings, rankingKey(cluster, client));
    return cluster === undefined || ranking === undefined ? undefined : read(ranked, tiersKey(cluster, ranking));
  });
}

function declareRouteConfigurations(graph: Graph, model: MeshModel): EnvoyTables['routeConfigurations'] {
  const encode = routeConfigurationEncoder();
  const virtualHosts = graph.derive<VirtualHostKey, EncodedMessage>('encodedVirtualHosts', (read, key) => {
    const { cluster, domains, sources } = parseVirtualHost(key);
    const clusterName = (target: ClusterKey): string => read(model.clusters.clusters, target)?.name ?? '';
    const name = clusterName(cluster);
    const routes = read(model.routes.routes, routeKey(cluster, sources)) ?? [];
    const host = toVirtualHost(name, domains, routes, clusterName);
    const clusters = routes.flatMap((route) => referencesOf(route).map(clusterName));
    return { name, ...encodeGuarded('envoy.config.route.v3.VirtualHost', host), clusters };
  });
  return graph.derive<RouteConfigurationKey, EncodedMessage>('encodedRouteConfigurations', (read, key) => {
    const { mesh, role, cluster, namespace, port, sources } = parseRouteConfiguration(key);
    const reached = read(model.visibility.httpHosts, audienceKey(mesh, role))?.get(Number(port));
    if (reached === undefined) return undefined;
    const hosts = distinctDomains(read, reached, model, { cluster, namespace });
    const matching = new Set(parseSourceScope(sources));
    const encoded = hosts.flatMap(([host, domains]) => {
      const relevant = (read(model.routes.sources, host) ?? []).filter((text) => matching.has(text));
      return read(virtualHosts, virtualHostKey(host, domains, formatSourceScope(relevant))) ?? [];
    });
    return encode(port, encoded);
  });
}

function referencesOf({ targets, mirror }: Route): readonly ClusterKey[] {
  return [...targets, ...(mirror ? [mirror] : [])].map(({ cluster }) => cluster);
}

type HostDomains = readonly [cluster: ClusterKey, domains: readonly string[]];

/**
 * Envoy rejects a route configuration with the same domain in two virtual hosts, so only the first one keeps it. Hosts of the client's own
 * cluster precede hosts without a cluster.
 */
function distinctDomains(
  read: Read,
  reached: readonly ClusterKey[],
  { clusters, destinations, failovers }: MeshModel,
  client: { readonly cluster: string; readonly namespace: string },
): readonly HostDomains[] {
  const take = distinctNames();
  const names = new Set<string>();
  return inOrderOfNames(read, reached, destinations).flatMap((key): readonly HostDomains[] => {
    const wanted = domainsOf(read, key, client, { destinations, failovers });
    const name = read(clusters.clusters, key)?.name ?? '';
    const domains = names.has(name) ? [] : take(wanted);
    if (domains.length === 0) return [];
    names.add(name);
    return [[key, domains]];
  });
}

function domainsOf(
  read: Read,
  key: ClusterKey,
  client: { readonly cluster: string; readonly namespace: string },
  { destinations, failovers }: Pick<MeshModel, 'destinations' | 'failovers'>,
): readonly string[] {
  const [kind, of, , subset] = parseCluster(key);
  if (kind === 'failover') return failoverHostnames(read(failovers.failovers, of)?.hosts ?? [], client);
  const destination = read(destinations.destinations, of);
  return destination === undefined ? [] : hostnamesOf(destination, client, subset);
}
