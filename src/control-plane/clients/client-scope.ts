/** The properties of clients that resources depend on, and the Mesh of a client. */
import { type Graph, SINGLE } from '../../graph/index.js';
import type { RuleScope } from '../../mesh/clusters/client-scope.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { Client } from './client.js';
import { type MeshKey, NO_MESH } from '../../mesh/model/object-key.js';

/** The properties of clients that resources depend on. */
export interface ClientScope {
  readonly rules: RuleScope;
  /** The texts of all source selectors. */
  readonly sources: readonly string[];
}

/** The current scope. */
export function clientScope(graph: Graph, model: MeshModel): ClientScope {
  const rules = graph.read(model.ruleScope, SINGLE) ?? { labels: [], origins: [], any: false, clusters: false };
  return { rules, sources: graph.read(model.trafficPolicies.sourceScope, SINGLE) ?? [] };
}

/** The Mesh that a client belongs to, or `NO_MESH`. */
export function meshOf(graph: Graph, model: MeshModel, client: Client): MeshKey {
  return client.mesh !== NO_MESH ? client.mesh : (graph.read(model.meshes.byCluster, client.cluster)?.[0] ?? NO_MESH);
}
