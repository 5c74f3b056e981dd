/**
 * How often Envoy tries to connect for a TCP client before it gives up. Attempts know nothing of priorities: they reach the next
 * tier only once outlier detection has ejected the endpoints of this one, so there must be enough of them.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto
 */
import type { Graph, Read, Table } from '../../graph/index.js';
import type { ClusterTables, UpstreamCluster } from './clusters.js';
import { type DestinationTables, backingKey } from '../discovery/destinations.js';
import type { EndpointGroup } from '../model/model.js';

const fewest = 3;
const most = 16;

/**
 * By key of a cluster. Whether an endpoint is healthy plays no part, and their number counts in powers of two: another number
 * of attempts is another listener, and Envoy ends the connections of a filter chain that changes.
 */
export type ConnectAttemptsTable = Table<number>;

export function declareConnectAttempts(graph: Graph, clusters: ClusterTables, { endpoints }: DestinationTables): ConnectAttemptsTable {
  return graph.derive<number>('connectAttempts', (read, key) => {
    const upstream = firstMember(read, read(clusters.clusters, key), clusters);
    if (upstream?.outlierDetection === undefined) return fewest;
    const { consecutiveErrors } = upstream.outlierDetection;
    const size = upstream.type === 'STRICT_DNS' ? count(upstream.endpoints) : firstListSize(read, upstream, endpoints);
    return Math.min(most, Math.max(fewest, nextPowerOfTwo(size) * consecutiveErrors + 1));
  });
}

type Member = Exclude<UpstreamCluster, { type: 'AGGREGATE' }>;

/** An aggregate's first tier is in its first cluster. */
function firstMember(read: Read, cluster: UpstreamCluster | undefined, clusters: ClusterTables): Member | undefined {
  if (cluster?.type !== 'AGGREGATE') return cluster;
  const [first = ''] = cluster.clusters;
  const member = clusters.byName(read, first);
  const upstream = member === undefined ? undefined : read(clusters.clusters, member);
  return upstream?.type === 'AGGREGATE' ? undefined : upstream;
}

/** The endpoints of the first list that has any. No client's first tier has more, wherever it is, so that all share the listener. */
function firstListSize(read: Read, { backings }: Extract<Member, { type: 'EDS' }>, endpoints: Table<readonly EndpointGroup[]>): number {
  for (const list of backings) {
    const size = count(list.flatMap(({ destination, port }) => read(endpoints, backingKey(destination, port)) ?? []));
    if (size > 0) return size;
  }
  return 0;
}

function count(groups: readonly EndpointGroup[]): number {
  return groups.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
}

function nextPowerOfTwo(size: number): number {
  return size === 0 ? 0 : 2 ** Math.ceil(Math.log2(size));
}
