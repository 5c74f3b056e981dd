/** Rows of what gRPC clients get. Each is asked for by name and made when it is; endpoints are those that Envoys get. */
import type { RouteScope } from './client-scope.js';
import type { EncodedMessage } from './encoded-message.js';
import type { Graph, Table } from '../graph/index.js';
import { parseClient } from '../mesh/clusters/ranking.js';
import { parseVariant, variantFor } from '../mesh/clusters/variant.js';
import { pairKey, splitPair } from '../mesh/model/key.js';
import { joinSources, splitSources } from '../mesh/policies/source-selectors.js';
import type { MeshModel } from '../mesh/tables.js';
import { targetKey } from '../mesh/offers/targets.js';
import { encodeGuarded } from './guarded.js';
import { toApiListener } from './api-listener.js';
import { contentOf } from './cluster-content.js';
import { toGrpcCluster } from './grpc-cluster.js';
import { toGrpcRoutes } from './grpc-route.js';

export interface GrpcTables {
  /** By `apiListenerKey`; no row for a target that leads nowhere. */
  readonly listeners: Table<string, EncodedMessage>;
  /** By `pairKey` of a name and a client as `clusterScope` gives it. */
  readonly clusters: Table<string, EncodedMessage>;
}

export function apiListenerKey(scope: RouteScope, name: string): string {
  return pairKey(scope.sources, targetKey(scope, name));
}

export function declareGrpc(graph: Graph, model: MeshModel): GrpcTables {
  const { clusters, routes } = model;
  const encodedClusters = graph.derive<string, EncodedMessage>('encodedGrpcClusters', (read, key) => {
    const [of, variant] = splitPair(key);
    const cluster = read(clusters.clusters, of);
    return (
      cluster && {
        name: cluster.name,
        ...encodeGuarded(
          'envoy.config.cluster.v3.Cluster',
          toGrpcCluster(cluster, contentOf(read, clusters, of, parseVariant(variant))),
        ),
        ...(cluster.type === 'EDS' && { endpoints: cluster.name }),
      }
    );
  });
  const namedClusters = graph.derive<string, EncodedMessage>('grpcClusters', (read, key) => {
    const [name, scope] = splitPair(key);
    const cluster = clusters.byName(read, name);
    if (cluster === undefined) return undefined;
    const { locality } = parseClient(scope);
    return read(encodedClusters, pairKey(cluster, variantFor(read, clusters, cluster, { key: scope, locality })));
  });
  const encodedListeners = declareEncodedListeners(graph, model);
  const listeners = graph.derive<string, EncodedMessage>('apiListeners', (read, key) => {
    const [sources, target] = splitPair(key);
    const cluster = read(model.targets, target);
    if (cluster === undefined) return undefined;
    const matching = new Set(splitSources(sources));
    const relevant = (read(routes.sources, cluster) ?? []).filter((text) => matching.has(text));
    return read(encodedListeners, pairKey(pairKey(cluster, splitPair(target)[1]), joinSources(relevant)));
  });
  return { listeners, clusters: namedClusters };
}

/** By `pairKey` of a cluster's key, the target's name, and the source selectors that count: the same for all clients that match them. */
function declareEncodedListeners(graph: Graph, { clusters, routes }: MeshModel): Table<string, EncodedMessage> {
  return graph.derive<string, EncodedMessage>('encodedApiListeners', (read, key) => {
    const [cluster, rest] = splitPair(key);
    const [name, sources] = splitPair(rest);
    const routed = read(routes.routes, pairKey(cluster, sources));
    if (routed === undefined) return undefined;
    const clusterName = (target: string): string => read(clusters.clusters, target)?.name ?? '';
    const listener = toApiListener(
      name,
      routed.flatMap((route) => toGrpcRoutes(route, clusterName)),
    );
    const referred = routed.flatMap(({ targets }) => targets.map((target) => clusterName(target.cluster)));
    return {
      name,
      ...encodeGuarded('envoy.config.listener.v3.Listener', listener),
      clusters: [...new Set(referred)].sort(),
    };
  });
}
