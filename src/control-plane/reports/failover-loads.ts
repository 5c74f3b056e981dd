/** How many requests each tier of each failover destination got from each Envoy, by what the Envoys report. */
import type { FailoverCluster } from '../../mesh/offers/failover-clusters.js';
import type { ClusterLoad, LoadReport, NodeLoad, RequestCounts } from '../../xds/index.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

export type { LoadReport } from '../../xds/index.js';

export interface LoadReportOptions {
  /** Milliseconds between two reports of an Envoy; 0: Envoys are asked for none. */
  readonly intervalMs: number;
  /** Hears of each report. */
  readonly reported?: (report: LoadReport) => void;
}

export interface TierLoad extends RequestCounts {
  readonly priority: number;
}

/** One failover cluster as one Envoy uses it, in the last interval that it reported on. */
export interface FailoverLoad {
  readonly node: string;
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly reportedAt: number;
  /** Milliseconds that the counts are about; 0 where nothing was reported of the cluster. */
  readonly intervalMs: number;
  /** Requests that found no endpoint, or were turned away before. */
  readonly dropped: number;
  /** Tiers that had requests, by priority. */
  readonly tiers: readonly TierLoad[];
}

/**
 * The loads of these clusters that an Envoy reported last; none before its first report. `tierCount` says how many tiers the Envoy has in
 * a cluster.
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

/** `first`: the tier that is the cluster's first priority. */
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
