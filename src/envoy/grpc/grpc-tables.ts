/** Tables for gRPC clients. A row is computed when a client asks for its name. Load assignments are those of Envoys. */
import type { EncodedMessage } from '../rows/encoded-message.js';
import type { Graph, Table } from '../../graph/index.js';
import { parseVariant, variantFor } from '../../mesh/clusters/variant.js';
import type { MeshModel } from '../../mesh/tables.js';
import { nameOfGrpcTarget } from '../../mesh/offers/grpc-targets.js';
import { encodeGuarded } from '../rows/guarded.js';
import { toApiListener } from './api-listener.js';
import { contentOf } from '../clusters/cluster-content.js';
import { toGrpcCluster } from './grpc-cluster.js';
import { toGrpcRoutes } from './grpc-route.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import { parseClient } from '../../mesh/clusters/client-key.js';
import { type OfferedKey, offeredCluster, parseOffered } from '../../mesh/offers/visibility-key.js';
import { routeKey } from '../../mesh/offers/route-key.js';
import { formatSourceScope, parseSourceScope } from '../../mesh/policies/selection/source-selectors.js';
import {
  type GrpcClusterKey,
  type ApiListenerKey,
  type EncodedApiListenerKey,
  parseGrpcCluster,
  parseApiListener,
  encodedApiListenerKey,
  parseEncodedApiListener,
} from './grpc-key.js';

export interface GrpcTables {
  /** No row for a target that does not exist. */
  readonly listeners: Table<ApiListenerKey, EncodedMessage>;
  readonly clusters: Table<GrpcClusterKey, EncodedMessage>;
}

export function declareGrpc(graph: Graph, model: MeshModel): GrpcTables {
  const { clusters, routes } = model;
  const encodedClusters = graph.derive<OfferedKey, EncodedMessage>('encodedGrpcClusters', (read, key) => {
    const [of, variant] = parseOffered(key);
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
  const namedClusters = graph.derive<GrpcClusterKey, EncodedMessage>('grpcClusters', (read, key) => {
    const [scope, name] = parseGrpcCluster(key);
    const cluster = clusters.byName(read, name);
    if (cluster === undefined) return undefined;
    const { locality } = parseClient(scope);
    return read(
      encodedClusters,
      offeredCluster(cluster, variantFor(read, clusters, cluster, { key: scope, locality })),
    );
  });
  const encodedListeners = declareEncodedListeners(graph, model);
  const listeners = graph.derive<ApiListenerKey, EncodedMessage>('apiListeners', (read, key) => {
    const [sources, target] = parseApiListener(key);
    const cluster = read(model.targets, target);
    if (cluster === undefined) return undefined;
    const matching = new Set(parseSourceScope(sources));
    const relevant = (read(routes.sources, cluster) ?? []).filter((text) => matching.has(text));
    return read(
      encodedListeners,
      encodedApiListenerKey(cluster, formatSourceScope(relevant), nameOfGrpcTarget(target)),
    );
  });
  return { listeners, clusters: namedClusters };
}

/** Clients that match the same relevant source selectors share a row. */
function declareEncodedListeners(
  graph: Graph,
  { clusters, routes }: MeshModel,
): Table<EncodedApiListenerKey, EncodedMessage> {
  return graph.derive<EncodedApiListenerKey, EncodedMessage>('encodedApiListeners', (read, key) => {
    const [cluster, sources, name] = parseEncodedApiListener(key);
    const routed = read(routes.routes, routeKey(cluster, sources));
    if (routed === undefined) return undefined;
    const clusterName = (target: ClusterKey): string => read(clusters.clusters, target)?.name ?? '';
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
