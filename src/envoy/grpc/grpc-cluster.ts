/**
 * Clusters as gRPC clients take them: of Envoy's settings only those that gRPC knows, because it rejects some of the others. There is no TLS
 * in them, for a gRPC channel brings credentials of its own.
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

/** All use the default, ROUND_ROBIN. So do aggregates: Envoy requires CLUSTER_PROVIDED there, but gRPC rejects it. */
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

/** gRPC takes one DNS name for a cluster, and no more: the first. */
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
 * Percent of an endpoint's calls in an interval; where more fail it is ejected. To gRPC every status but OK is a failure, answers of the
 * application too, so no less than all calls may count.
 */
const FAILURE_PERCENTAGE = 99;

/**
 * gRPC does not count consecutive errors, but the share of calls that fail: an endpoint is ejected where all calls of an interval do,
 * and there were as many as the user wants errors. Endpoints that cannot be connected to need no ejection.
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
