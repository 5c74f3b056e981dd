/** How much of a client its resources depend on, and which mesh is its. */
import type { Graph } from '../graph/index.js';
import type { RuleScope } from '../mesh/clusters/client-scope.js';
import type { MeshModel } from '../mesh/tables.js';
import type { Client } from './client.js';

/** How much of a client the resources look at. */
export interface ClientScope {
  readonly rules: RuleScope;
  /** The texts of all source selectors. */
  readonly sources: readonly string[];
}

/** As it is now. */
export function clientScope(graph: Graph, model: MeshModel): ClientScope {
  const rules = graph.read(model.ruleScope, '') ?? { labels: [], origins: [], any: false, clusters: false };
  return { rules, sources: graph.read(model.trafficPolicies.sourceScope, '') ?? [] };
}

/** The `objectKey` of the Mesh that a client belongs to; empty for none. */
export function meshOf(graph: Graph, model: MeshModel, client: Client): string {
  return client.mesh !== '' ? client.mesh : (graph.read(model.meshes.byCluster, client.cluster)?.[0] ?? '');
}
