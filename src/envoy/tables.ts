/** Tables of encoded Envoy messages. A row is encoded when a client subscribes to it, and again only when its row of the model changes. */
import type { Graph, Table } from '../graph/index.js';
import type { ClusterTables } from '../mesh/clusters/clusters.js';
import type { MeshModel } from '../mesh/tables.js';
import { contentOf } from './clusters/cluster-content.js';
import { clusterEncoder } from './clusters/cluster-encoder.js';
import { loadAssignmentEncoder } from './clusters/cluster-load-assignment.js';
import type { EncodedMessage } from './rows/encoded-message.js';
import { type GrpcTables, declareGrpc } from './grpc/grpc-tables.js';
import { type InterceptionTables, declareInterception } from './listeners/interception-tables.js';
import { declareListeners } from './listeners/listeners.js';
import { type TiersKey, rankingKey, tiersKey, parseTiersKey } from '../mesh/clusters/ranking-key.js';
import { type LoadAssignmentKey, parseLoadAssignment } from './clusters/load-assignment-key.js';
import type { RouteConfigurationKey, VirtualHostKey } from './routes/route-key.js';
import { declareRouteConfigurations } from './routes/route-tables.js';
import type { ListenerKey } from './listeners/listener-key.js';
import { type EncodedClusterKey, parseEncodedCluster } from './clusters/cluster-key.js';

export interface EnvoyTables {
  readonly clusters: Table<EncodedClusterKey, EncodedMessage>;
  /** A row for every EDS cluster, with or without endpoints. */
  readonly loadAssignments: Table<LoadAssignmentKey, EncodedMessage>;
  readonly listeners: Table<ListenerKey, EncodedMessage>;
  /** No row for a port on which the client sees no host. */
  readonly routeConfigurations: Table<RouteConfigurationKey, EncodedMessage>;
  /** The virtual hosts of route configurations. */
  readonly virtualHosts: Table<VirtualHostKey, EncodedMessage>;
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
  const { routeConfigurations, virtualHosts } = declareRouteConfigurations(graph, model);
  const interception = declareInterception(graph, routeConfigurations);
  const loadAssignments = declareLoadAssignments(graph, model.clusters);
  const grpc = declareGrpc(graph, model);
  return {
    clusters,
    loadAssignments,
    listeners: declareListeners(graph, model),
    routeConfigurations,
    virtualHosts,
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
