/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto */
import type { ClusterSettings, UpstreamCluster } from '../../mesh/clusters/upstream-cluster.js';
import type { Cluster } from '../../generated/envoy.js';
import type { Tier } from '../../mesh/model/model.js';
import { packAny } from '../../proto/envoy-types.js';
import { ads } from '../rows/ads.js';
import { circuitBreakers } from '../fields/circuit-breakers.js';
import { loadAssignmentMessage } from './cluster-load-assignment.js';
import { toOutlierDetection } from '../fields/outlier-detection.js';
import { COMMON_LB_CONFIG } from '../fields/panic-threshold.js';
import { CONNECT_TIMEOUT, toUpstreamConnection } from '../fields/upstream-connection.js';
import { toTransportSocket } from '../fields/upstream-tls.js';

/** The parts of the message that depend on the client. */
export interface ClusterContent {
  /** Whether a rule sets the weights of localities. Only then does Envoy use them, because they would count health a second time. */
  readonly weighted: boolean;
  /** The endpoints, for a cluster that contains them. */
  readonly tiers: readonly Tier[];
  /** The names of the members, for an aggregate. */
  readonly clusters: readonly string[];
  /** See `toUpstreamConnection`. */
  readonly userTimeoutMs: number;
}

export function toCluster(cluster: UpstreamCluster, content: ClusterContent): Cluster {
  const { name, type } = cluster;
  if (cluster.type === 'AGGREGATE') return toAggregateCluster(name, content.clusters);
  const endpoints: Partial<Cluster> =
    type === 'EDS' ? { type, edsClusterConfig: { edsConfig: ads } } : toDns(name, content.tiers);
  return { name, ...endpoints, ...settings(cluster, content) };
}

/**
 * Names are resolved every 5 s, Envoy's default, so that Envoy follows a changed address soon. To use the TTL of the DNS records instead,
 * Envoy has the deprecated `respect_dns_ttl`, and its replacement, which older versions reject
 * (https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/clusters/dns/v3/dns_cluster.proto).
 */
function toDns(name: string, tiers: readonly Tier[]): Partial<Cluster> {
  return { type: 'STRICT_DNS', dnsLookupFamily: 'V4_PREFERRED', loadAssignment: loadAssignmentMessage(name, tiers) };
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster */
function toAggregateCluster(name: string, clusters: readonly string[]): Cluster {
  return {
    name,
    clusterType: {
      name: 'envoy.clusters.aggregate',
      typedConfig: packAny('envoy.extensions.clusters.aggregate.v3.ClusterConfig', { clusters }),
    },
    lbPolicy: 'CLUSTER_PROVIDED',
    connectTimeout: CONNECT_TIMEOUT,
    circuitBreakers,
    commonLbConfig: COMMON_LB_CONFIG,
  };
}

function settings(
  { http2, outlierDetection, tls, connections }: ClusterSettings,
  { weighted, userTimeoutMs }: ClusterContent,
): Partial<Cluster> {
  return {
    ...toUpstreamConnection(connections, userTimeoutMs),
    circuitBreakers,
    commonLbConfig: weighted ? { ...COMMON_LB_CONFIG, localityWeightedLbConfig: {} } : COMMON_LB_CONFIG,
    ...(outlierDetection && { outlierDetection: toOutlierDetection(outlierDetection) }),
    ...(tls && toTransportSocket(tls, http2)),
    ...(http2 && { typedExtensionProtocolOptions: { [HTTP_PROTOCOL_OPTIONS]: http2Options } }),
  };
}

const HTTP_PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const http2Options = packAny(HTTP_PROTOCOL_OPTIONS, { explicitHttpConfig: { http2ProtocolOptions: {} } });
