/** The clusters of failover destinations that a client is offered: those whose requests are worth knowing, priority by priority. */
import type { Graph, Table } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import { splitKey } from '../model/key.js';
import type { VisibilityTables } from './visibility.js';

export interface FailoverCluster {
  readonly name: string;
  /**
   * The clusters that count its requests: itself, with its tiers as priorities; or, of an aggregate, one cluster for each
   * tier. Those count what is sent to them directly as well.
   */
  readonly counted: readonly string[];
}

export interface FailoverClusterTables {
  /** By `audience`, in the order of their keys. */
  readonly offered: Table<readonly FailoverCluster[]>;
  /** By `audience`: the names of all that count requests, sorted. */
  readonly counted: Table<readonly string[]>;
}

export function declareFailoverClusters(
  graph: Graph,
  { clusters }: ClusterTables,
  visibility: VisibilityTables,
): FailoverClusterTables {
  const offered = graph.derive<readonly FailoverCluster[]>('offeredFailoverClusters', (read, audience) =>
    (read(visibility.offered, audience) ?? []).flatMap((key) => {
      const cluster = splitKey(key)[0] === 'failover' ? read(clusters, key) : undefined;
      if (cluster === undefined) return [];
      return { name: cluster.name, counted: cluster.type === 'AGGREGATE' ? cluster.clusters : [cluster.name] };
    }),
  );
  const counted = graph.derive<readonly string[]>('countedClusters', (read, audience) =>
    [...new Set((read(offered, audience) ?? []).flatMap((cluster) => cluster.counted))].sort(),
  );
  return { offered, counted };
}
