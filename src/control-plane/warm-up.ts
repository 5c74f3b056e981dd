/**
 * Computes and encodes clusters before the first client connects. After a restart the whole fleet reconnects at once, and V8 runs new code
 * several times slower. The results are discarded.
 */
import { clientScope } from './clients/client-scope.js';
import type { EnvoyTables } from '../envoy/tables.js';
import { DEFAULT_USER_TIMEOUT_MS } from '../envoy/fields/upstream-connection.js';
import type { Graph } from '../graph/index.js';
import { type RuleScope, rankingScope } from '../mesh/clusters/client-scope.js';
import type { MeshModel } from '../mesh/tables.js';
import { type ClusterKey, destinationCluster, failoverCluster } from '../mesh/model/cluster-key.js';
import { ONLY_VARIANT } from '../mesh/clusters/variant.js';
import { offeredCluster } from '../mesh/offers/visibility-key.js';
import { loadAssignmentKey } from '../envoy/clusters/load-assignment-key.js';
import { encodedClusterKey } from '../envoy/clusters/cluster-key.js';

/** The number of encoded clusters. With fewer, V8 compiles less of the code. This many take about 0.1 s. */
const MAX_CLUSTERS = 500;

export function warmUp(graph: Graph, model: MeshModel, envoy: EnvoyTables): void {
  const { rules } = clientScope(graph, model);
  const client = rankingScope(rules, somebody(rules));
  for (const cluster of someClusters(graph, model)) {
    const endpoints = graph.read(
      envoy.clusters,
      encodedClusterKey(offeredCluster(cluster, ONLY_VARIANT), DEFAULT_USER_TIMEOUT_MS),
    )?.endpoints;
    if (endpoints !== undefined) graph.read(envoy.loadAssignments, loadAssignmentKey(endpoints, client));
  }
}

/** A client in a locality that a rule mentions, if there is one. */
function somebody({ origins: [locality = { region: '', zone: '', subZone: '' }] }: RuleScope) {
  return { locality, cluster: '', labels: {} };
}

/** Failover destinations first, because they use the most code. */
function someClusters(graph: Graph, { destinations, failovers }: MeshModel): readonly ClusterKey[] {
  const keys: ClusterKey[] = [];
  for (const key of graph.keys(failovers.failovers)) {
    if (keys.length >= MAX_CLUSTERS) return keys;
    for (const { number } of graph.read(failovers.failovers, key)?.ports ?? []) keys.push(failoverCluster(key, number));
  }
  for (const key of graph.keys(destinations.destinations)) {
    if (keys.length >= MAX_CLUSTERS) return keys;
    for (const { number } of graph.read(destinations.destinations, key)?.ports ?? [])
      keys.push(destinationCluster(key, number));
  }
  return keys;
}
