/**
 * Clusters for gRPC clients: only settings that gRPC supports, because it rejects some of the others. They contain no TLS, because a gRPC
 * channel has credentials of its own.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md
 */
import type { UpstreamCluster } from '../../mesh/clusters/upstream-cluster.js';
import type { Cluster, OutlierDetection as OutlierDetectionMessage } from '../../generated/envoy.js';
import type { OutlierDetection, Tier } from '../../mesh/model/model.js';
import { packAny } from '../../proto/envoy-types.js';
import { ads } from '../rows/ads.js';
import { circuitBreakers } from '../fields/circuit-breakers.js';
import type { ClusterContent } from '../clusters/cluster.js';
import { loadAssignmentMessage } from '../clusters/cluster-load-assignment.js';
import { toDuration } from '../fields/duration.js';

/** All clusters use the default, ROUND_ROBIN. Envoy requires CLUSTER_PROVIDED for aggregates, but gRPC rejects it. */
export function toGrpcCluster(
  cluster: UpstreamCluster,
  { tiers, clusters }: Pick<ClusterContent, 'tiers' | 'clusters'>,
): Cluster {
  if (cluster.type === 'AGGREGATE') return toAggregateCluster(cluster.name, clusters);
  const { name, outlierDetection } = cluster;
  return {
    name,
    ...(cluster.type === 'EDS' ? { type: 'EDS', edsClusterConfig: { edsConfig: ads } } : toDns(name, tiers)),
    circuitBreakers,
    ...(outlierDetection && { outlierDetection: toGrpcOutlierDetection(outlierDetection) }),
  };
}

/** A DNS cluster of gRPC has a single name: the first one. */
function toDns(name: string, [best = []]: readonly Tier[]): Partial<Cluster> {
  const first: Tier = best
    .slice(0, 1)
    .map((group) => ({ ...group, endpoints: group.endpoints.slice(0, 1), weight: 1 }));
  return { type: 'LOGICAL_DNS', loadAssignment: loadAssignmentMessage(name, first.length === 0 ? [] : [first]) };
}

/** https://github.com/grpc/proposal/blob/master/A37-xds-aggregate-and-logical-dns-clusters.md */
function toAggregateCluster(name: string, clusters: readonly string[]): Cluster {
  const typedConfig = packAny('envoy.extensions.clusters.aggregate.v3.ClusterConfig', { clusters });
  return { name, clusterType: { name: 'envoy.clusters.aggregate', typedConfig }, circuitBreakers };
}

/**
 * An endpoint is ejected if at least this percentage of its calls in an interval fails. For gRPC every status except OK is a failure,
 * including statuses of the application, so nearly all calls must fail.
 */
const FAILURE_PERCENTAGE = 99;

/**
 * gRPC does not count consecutive errors. Instead it ejects an endpoint if its calls of an interval fail, and there were at least as many
 * of them as `consecutiveErrors`. gRPC avoids endpoints without a connection anyway.
 * https://github.com/grpc/proposal/blob/master/A50-xds-outlier-detection.md
 */
function toGrpcOutlierDetection(settings: OutlierDetection): OutlierDetectionMessage {
  return {
    interval: toDuration(settings.intervalMs),
    baseEjectionTime: toDuration(settings.baseEjectionTimeMs),
    maxEjectionPercent: settings.maxEjectionPercent,
    enforcingSuccessRate: 0,
    enforcingFailurePercentage: 100,
    failurePercentageThreshold: FAILURE_PERCENTAGE,
    failurePercentageMinimumHosts: 1,
    failurePercentageRequestVolume: settings.consecutiveErrors,
  };
}
