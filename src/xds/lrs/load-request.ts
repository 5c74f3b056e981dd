/**
 * Decodes LoadStatsRequest. It comes from a client, so invalid numbers are left out.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/load_stats/v3/lrs.proto
 */
import type { XdsLocality } from '../wire/xds-node.js';
import { decodeProto } from '../wire/proto-message.js';
import { WireReader } from '../wire/reader.js';
import type { ClusterLoad, EndpointLoad, LocalityLoad, RequestCounts } from './load-report.js';

/** Envoy's limit of priorities in a cluster. */
const MAX_PRIORITY = 128;
/** Limit of localities, and of endpoints in a locality. Others are left out. */
const MAX_ENTRIES = 10_000;

interface Counts {
  readonly totalSuccessfulRequests: unknown;
  readonly totalErrorRequests: unknown;
  readonly totalRequestsInProgress: unknown;
  readonly totalIssuedRequests: unknown;
}

interface EndpointStats extends Counts {
  readonly address: { readonly socketAddress: { readonly address: string; readonly portValue: number } | null } | null;
}

interface LocalityStats extends Counts {
  readonly locality: XdsLocality | null;
  readonly priority: number;
  readonly upstreamEndpointStats: readonly EndpointStats[];
}

interface ClusterStats {
  readonly clusterName: string;
  readonly totalDroppedRequests: unknown;
  readonly loadReportInterval: { readonly seconds: unknown; readonly nanos: number } | null;
  readonly upstreamLocalityStats: readonly LocalityStats[];
}

/** The bytes of the node. `undefined` if absent. @throws WireError for invalid bytes. */
export function nodeBytes(message: Buffer): Buffer | undefined {
  const reader = new WireReader(message);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 !== 1) reader.skip(tag);
    else return message.subarray(reader.span(tag), reader.position);
  }
  return undefined;
}

/** The reported clusters. @throws StreamError for invalid bytes. */
export function decodeClusterLoads(message: Buffer): readonly ClusterLoad[] {
  const request = decodeProto('envoy.service.load_stats.v3.LoadStatsRequest', message);
  return (request as { readonly clusterStats: readonly ClusterStats[] }).clusterStats.map(toClusterLoad);
}

function toClusterLoad(stats: ClusterStats): ClusterLoad {
  const { clusterName, totalDroppedRequests, loadReportInterval, upstreamLocalityStats } = stats;
  const { seconds = 0, nanos = 0 } = loadReportInterval ?? {};
  return {
    cluster: clusterName,
    intervalMs: Number(seconds) * 1000 + nanos / 1e6,
    dropped: Number(totalDroppedRequests),
    localities: upstreamLocalityStats
      .filter(({ priority }) => priority <= MAX_PRIORITY)
      .slice(0, MAX_ENTRIES)
      .map(toLocalityLoad),
  };
}

function toLocalityLoad(stats: LocalityStats): LocalityLoad {
  const { region = '', zone = '', subZone = '' } = stats.locality ?? {};
  return {
    locality: { region, zone, subZone },
    priority: stats.priority,
    ...toCounts(stats),
    endpoints: stats.upstreamEndpointStats.slice(0, MAX_ENTRIES).map(toEndpointLoad),
  };
}

function toEndpointLoad(stats: EndpointStats): EndpointLoad {
  const { address = '', portValue: port = 0 } = stats.address?.socketAddress ?? {};
  return { address, port, ...toCounts(stats) };
}

function toCounts(counts: Counts): RequestCounts {
  return {
    succeeded: Number(counts.totalSuccessfulRequests),
    failed: Number(counts.totalErrorRequests),
    inProgress: Number(counts.totalRequestsInProgress),
    issued: Number(counts.totalIssuedRequests),
  };
}
