/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto */
import type { Cluster, Cluster_CommonLbConfig as CommonLbConfig } from '../generated/envoy.js';
import type { AggregateCluster, ClusterSettings, DnsCluster, EdsCluster, UpstreamCluster } from '../mesh/clusters/clusters.js';
import { packAny } from '../proto/envoy-types.js';
import { ads } from './ads.js';
import { circuitBreakers } from './circuit-breakers.js';
import { loadAssignmentMessage } from './cluster-load-assignment.js';
import { toOutlierDetection } from './outlier-detection.js';
import { connectTimeout, toUpstreamConnection } from './upstream-connection.js';
import { toTransportSocket } from './upstream-tls.js';

/**
 * With a panic threshold of 0 Envoy would answer 503 until the ejections end once every endpoint of every tier was ejected;
 * with 1 it tries them all, and is back as soon as one of them is. Without a merge window of 0 an ejection reaches the workers up to
 * a second late.
 */
export const commonLbConfig: CommonLbConfig = { healthyPanicThreshold: { value: 1 }, updateMergeWindow: '0s' };

/** What a cluster depends on besides itself. */
export interface ClusterVariant {
  /** Whether a rule sets the weights of localities; elsewhere Envoy would count health twice. */
  readonly weighted: boolean;
  /** See `toUpstreamConnection`. */
  readonly userTimeoutMs: number;
}

export function toCluster(cluster: UpstreamCluster, variant: ClusterVariant): Cluster {
  switch (cluster.type) {
    case 'EDS':
      return toEdsCluster(cluster, variant);
    case 'STRICT_DNS':
      return toDnsCluster(cluster, variant);
    case 'AGGREGATE':
      return toAggregateCluster(cluster);
  }
}

function toEdsCluster(cluster: EdsCluster, variant: ClusterVariant): Cluster {
  return {
    name: cluster.name,
    type: 'EDS',
    edsClusterConfig: { edsConfig: ads },
    ...settings(cluster, variant),
    ...(variant.weighted && { commonLbConfig: { ...commonLbConfig, localityWeightedLbConfig: {} } }),
  };
}

/**
 * Names are looked up every 5 s, as Envoy does unless told otherwise, so that an address that moved is left as soon. To go by the time
 * to live of the answers instead, Envoy has deprecated `respect_dns_ttl`, and what it wants in its place
 * (https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/clusters/dns/v3/dns_cluster.proto) older ones refuse.
 */
function toDnsCluster(cluster: DnsCluster, variant: ClusterVariant): Cluster {
  return {
    name: cluster.name,
    type: 'STRICT_DNS',
    dnsLookupFamily: 'V4_PREFERRED',
    loadAssignment: loadAssignmentMessage(cluster.name, cluster.endpoints),
    ...settings(cluster, variant),
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster */
function toAggregateCluster({ name, clusters }: AggregateCluster): Cluster {
  return {
    name,
    clusterType: {
      name: 'envoy.clusters.aggregate',
      typedConfig: packAny('envoy.extensions.clusters.aggregate.v3.ClusterConfig', { clusters }),
    },
    lbPolicy: 'CLUSTER_PROVIDED',
    connectTimeout,
    circuitBreakers,
    commonLbConfig,
  };
}

function settings({ http2, outlierDetection, tls, connections }: ClusterSettings, { userTimeoutMs }: ClusterVariant): Partial<Cluster> {
  return {
    ...toUpstreamConnection(connections, userTimeoutMs),
    circuitBreakers,
    commonLbConfig,
    ...(outlierDetection && { outlierDetection: toOutlierDetection(outlierDetection) }),
    ...(tls && toTransportSocket(tls, http2)),
    ...(http2 && { typedExtensionProtocolOptions: { [httpProtocolOptions]: http2Options } }),
  };
}

const httpProtocolOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const http2Options = packAny(httpProtocolOptions, { explicitHttpConfig: { http2ProtocolOptions: {} } });
