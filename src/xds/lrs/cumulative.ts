/** Adds up load reports of a cluster. */
import type { ClusterLoad, LocalityLoad } from './load-report.js';

/** Limit of pairs of locality and priority in the sum for one cluster. */
const MAX_LOCALITIES = 10_000;

/** The sum of both. Requests in progress and endpoints are those of the later report. */
export function addLoad(sum: ClusterLoad | undefined, report: ClusterLoad): ClusterLoad {
  if (sum === undefined) return report;
  const localities = new Map(sum.localities.map((load) => [keyOf(load), { ...load, inProgress: 0 }]));
  for (const load of report.localities) {
    const key = keyOf(load);
    const before = localities.get(key);
    if (before !== undefined || localities.size < MAX_LOCALITIES) localities.set(key, addLocality(before, load));
  }
  return {
    cluster: report.cluster,
    intervalMs: sum.intervalMs + report.intervalMs,
    dropped: sum.dropped + report.dropped,
    localities: [...localities.values()],
  };
}

function addLocality(before: LocalityLoad | undefined, load: LocalityLoad): LocalityLoad {
  if (before === undefined) return load;
  return {
    ...load,
    succeeded: before.succeeded + load.succeeded,
    failed: before.failed + load.failed,
    issued: before.issued + load.issued,
  };
}

function keyOf({ locality: { region, zone, subZone }, priority }: LocalityLoad): string {
  return JSON.stringify([priority, region, zone, subZone]);
}

/** Objects of a report, beside the texts within. */
const CLUSTER_BYTES = 256;
const LOCALITY_BYTES = 320;
const ENDPOINT_BYTES = 160;

/** Bytes that this takes in memory, about. */
export function bytesOfLoad({ cluster, localities }: ClusterLoad): number {
  let bytes = CLUSTER_BYTES + 2 * cluster.length;
  for (const { locality, endpoints } of localities) {
    bytes += LOCALITY_BYTES + 2 * (locality.region.length + locality.zone.length + locality.subZone.length);
    for (const { address } of endpoints) bytes += ENDPOINT_BYTES + 2 * address.length;
  }
  return bytes;
}
