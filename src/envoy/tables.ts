/** Rows of Envoy messages as bytes, each made when some client is offered it and again only when its model row changes. */
import type { Graph, Read, Table } from '../graph/index.js';
import type { ClusterTables } from '../mesh/clusters/clusters.js';
import { failoverHostnames, hostnamesOf, inOrderOfNames } from '../mesh/discovery/hosts.js';
import { joinKey, pairKey, splitKey, splitPair } from '../mesh/model/key.js';
import type { Route } from '../mesh/offers/routes.js';
import { joinSources, splitSources } from '../mesh/policies/source-selectors.js';
import type { MeshModel } from '../mesh/tables.js';
import { audience } from '../mesh/offers/visibility.js';
import type { RouteScope } from './client-scope.js';
import { contentOf } from './cluster-content.js';
import { clusterEncoder } from './cluster-encoder.js';
import { parseClusterKey } from './cluster-key.js';
import { loadAssignmentEncoder } from './cluster-load-assignment.js';
import { distinctNames } from './distinct-names.js';
import type { EncodedMessage } from './encoded-message.js';
import { encodeGuarded } from './guarded.js';
import { type GrpcTables, declareGrpc } from './grpc-tables.js';
import { type InterceptionTables, declareInterception } from './interception-tables.js';
import { declareListeners } from './listeners.js';
import { routeConfigurationEncoder } from './route-configuration.js';
import { toVirtualHost } from './virtual-host.js';

export interface EnvoyTables {
  /** By `clusterKey`. */
  readonly clusters: Table<string, EncodedMessage>;
  /** By `pairKey` of cluster name and `clientKey`; a row for every EDS cluster, with or without endpoints. */
  readonly loadAssignments: Table<string, EncodedMessage>;
  /** By `listenerKey` and `interceptionListenerKey`. */
  readonly listeners: Table<string, EncodedMessage>;
  /** By `routeConfigurationKey`; no row for a port on which the client reaches nothing. */
  readonly routeConfigurations: Table<string, EncodedMessage>;
  readonly interception: InterceptionTables;
  readonly grpc: GrpcTables;
}

export function routeConfigurationKey({ mesh, role, cluster, namespace, sources }: RouteScope, port: string): string {
  return pairKey(joinKey(mesh, role, cluster, namespace, port), sources);
}

export function declareEnvoy(graph: Graph, model: MeshModel): EnvoyTables {
  const encodeCluster = clusterEncoder();
  const clusters = graph.derive<string, EncodedMessage>('encodedClusters', (read, key) => {
    const { of, variant, userTimeoutMs } = parseClusterKey(key);
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
): Table<string, EncodedMessage> {
  const encode = loadAssignmentEncoder();
  const ranked = graph.derive<string, EncodedMessage>('encodedTiers', (read, key) => {
    const cluster = read(clusters, splitPair(key)[0]);
    if (cluster?.type !== 'EDS') return undefined;
    return { name: cluster.name, ...encode(cluster.name, read(tiers, key)?.tiers ?? []) };
  });
  return graph.derive<string, EncodedMessage>('loadAssignments', (read, key) => {
    const [name, client] = splitPair(key);
    const cluster = byName(read, name);
    const ranking = cluster === undefined ? undefined : read(rankings, pairKey(cluster, client));
    return cluster === undefined || ranking === undefined ? undefined : read(ranked, pairKey(cluster, ranking));
  });
}

function declareRouteConfigurations(graph: Graph, model: MeshModel): Table<string, EncodedMessage> {
  const encode = routeConfigurationEncoder();
  const virtualHosts = graph.derive<string, EncodedMessage>('encodedVirtualHosts', (read, key) => {
    const [cluster, rest] = splitPair(key);
    const [domains, sources] = splitPair(rest);
    const clusterName = (target: string): string => read(model.clusters.clusters, target)?.name ?? '';
    const name = clusterName(cluster);
    const routes = read(model.routes.routes, pairKey(cluster, sources)) ?? [];
    const host = toVirtualHost(name, domains.split(','), routes, clusterName);
    const clusters = routes.flatMap((route) => referencesOf(route).map(clusterName));
    return { name, ...encodeGuarded('envoy.config.route.v3.VirtualHost', host), clusters };
  });
  return graph.derive<string, EncodedMessage>('encodedRouteConfigurations', (read, key) => {
    const [scope, sources] = splitPair(key);
    const [mesh, role, cluster, namespace, port] = splitKey(scope);
    const reached = read(model.visibility.httpHosts, audience(mesh, role === 'gateway' ? 'gateway' : 'sidecar'))?.get(
      Number(port),
    );
    if (reached === undefined) return undefined;
    const hosts = distinctDomains(read, reached, model, { cluster, namespace });
    const matching = new Set(splitSources(sources));
    const encoded = hosts.flatMap(([host, domains]) => {
      const relevant = (read(model.routes.sources, host) ?? []).filter((text) => matching.has(text));
      return read(virtualHosts, pairKey(host, pairKey(domains.join(','), joinSources(relevant)))) ?? [];
    });
    return encode(port, encoded);
  });
}

function referencesOf({ targets, mirror }: Route): readonly string[] {
  return [...targets, ...(mirror ? [mirror] : [])].map(({ cluster }) => cluster);
}

type HostDomains = readonly [cluster: string, domains: readonly string[]];

/**
 * Envoy refuses a route configuration in which two hosts have a domain in common, so the first one keeps it. What is in the client's own
 * cluster comes before what is in none.
 */
function distinctDomains(
  read: Read,
  reached: readonly string[],
  { clusters, destinations, failovers }: MeshModel,
  client: { readonly cluster: string; readonly namespace: string },
): readonly HostDomains[] {
  const take = distinctNames();
  const names = new Set<string>();
  return inOrderOfNames(read, reached, destinations).flatMap((key): readonly HostDomains[] => {
    const [kind, of, , subset] = splitKey(key);
    const destination = kind === 'failover' ? undefined : read(destinations.destinations, of);
    const wanted = destination
      ? hostnamesOf(destination, client, subset)
      : failoverHostnames(read(failovers.failovers, of)?.hosts ?? [], client);
    const name = read(clusters.clusters, key)?.name ?? '';
    const domains = names.has(name) ? [] : take(wanted);
    if (domains.length === 0) return [];
    names.add(name);
    return [[key, domains]];
  });
}
