/** What is valid about a failover destination and yet not as its author may think. */
import type { Diagnostic } from '../api/diagnostic.js';
import { resourceKey } from '../api/resource.js';
import type { Graph, Read, Table } from '../graph/index.js';
import { type ClusterTables, failoverCluster } from './clusters.js';
import type { FailoverTables } from './failovers.js';
import { collectFindings } from './finding.js';
import { pairKey } from './key.js';
import type { FailoverDestination } from './model.js';

/** By `resourceKey`. */
export type FailoverWarningTable = Table<readonly Diagnostic[]>;

export function declareFailoverWarnings(graph: Graph, { failovers }: FailoverTables, clusters: ClusterTables): FailoverWarningTable {
  return graph.derive<readonly Diagnostic[]>('failoverWarnings', (read, key) => {
    const failover = read(failovers, key);
    return failover && repeatedEndpoints(read, failover, clusters);
  });
}

/** Told only where the listed order puts an address into two tiers: what each client sees elsewhere depends on the client. */
function repeatedEndpoints(read: Read, { ref, ports }: FailoverDestination, { rankings, tiers }: ClusterTables): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  for (const { number } of ports) {
    const cluster = failoverCluster(resourceKey(ref), number);
    const ranking = read(rankings, pairKey(cluster, '')) ?? '';
    const addresses = (read(tiers, pairKey(cluster, ranking))?.repeated ?? []).map(({ address, port }) => `${address}:${port}`);
    if (addresses.length === 0) continue;
    const message = `On port ${number} the same addresses are behind several services and stay in the best tier only: ${[...new Set(addresses)].join(', ')}.`;
    findings.warning('RepeatedEndpoint', ['spec'], message);
  }
  return findings.all;
}
