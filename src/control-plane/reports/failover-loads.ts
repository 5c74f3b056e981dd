/** The number of requests that each Envoy reports for each tier of each failover destination. */
import type { FailoverCluster } from '../../mesh/offers/failover-clusters.js';
import type { ClusterLoad, LoadReport, NodeLoad, RequestCounts } from '../../xds/index.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

export type { LoadReport } from '../../xds/index.js';

export interface LoadReportOptions {
  /** Interval between two reports, in milliseconds. 0: no reports. */
  readonly intervalMs: number;
  /** Called for each report. */
  readonly reported?: (report: LoadReport) => void;
}

export interface TierLoad extends RequestCounts {
  readonly priority: number;
}

/** The report of one Envoy about one failover cluster, for the last interval. */
export interface FailoverLoad {
  readonly node: string;
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly reportedAt: number;
  /** Length of the interval, in milliseconds. 0 if the report does not contain the cluster. */
  readonly intervalMs: number;
  /** Requests without an endpoint, or dropped by the Envoy. */
  readonly dropped: number;
  /** The tiers with requests, by priority. */
  readonly tiers: readonly TierLoad[];
}

/**
 * The last reported loads of these clusters. Empty before the first report of an Envoy. `tierCount`: returns the number of tiers that the
 * Envoy has in a cluster.
 */
export function failoverLoads(
  { node, reportedAt, latest }: NodeLoad,
  clusters: readonly FailoverCluster[],
  tierCount: (cluster: ClusterKey) => number,
): readonly FailoverLoad[] {
  if (reportedAt === undefined) return [];
  return clusters.map(({ name, counted }) => {
    let before = 0;
    const tiers = counted.flatMap((cluster) => {
      const first = before;
      if (counted.length > 1) before += tierCount(cluster.key);
      return tiersOf(latest.get(cluster.name), first);
    });
    const found = counted.map((cluster) => latest.get(cluster.name)).filter((report) => report !== undefined);
    const intervalMs = Math.max(0, ...found.map((report) => report.intervalMs));
    const dropped = found.reduce((sum, report) => sum + report.dropped, 0);
    return { node: node.id, cluster: name, reportedAt, intervalMs, dropped, tiers };
  });
}

/** `first`: the index of the tier with priority 0 in this cluster. */
function tiersOf(report: ClusterLoad | undefined, first: number): readonly TierLoad[] {
  const localities = report?.localities ?? [];
  const priorities = [...new Set(localities.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.map((priority) =>
    sumOf(
      first + priority,
      localities.filter((load) => load.priority === priority),
    ),
  );
}

function sumOf(priority: number, loads: readonly RequestCounts[]): TierLoad {
  const sum = (count: (load: RequestCounts) => number): number => loads.reduce((total, load) => total + count(load), 0);
  return {
    priority,
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    inProgress: sum(({ inProgress }) => inProgress),
    issued: sum(({ issued }) => issued),
  };
}
