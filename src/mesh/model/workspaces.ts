/** Workspaces: the scope in which a policy finds what it applies to. https://docs.solo.io/gloo-mesh/latest/concepts/multi-tenancy/workspaces/ */
import { type Resource, clusterAnnotation } from '../../api/resource.js';
import type { WorkspaceSpec, WorkspaceSpec_ClusterSelector as ClusterSelector } from '../../generated/resources.js';
import type { Graph, Input, Read, Table } from '../../graph/index.js';

/** By `workspaceOf` key. */
export type WorkspaceTable = Table<string>;

/** Names the workspace of each namespace; empty where none claims it. Where several do, the first by name has it. */
export function declareWorkspaces(graph: Graph, input: Input<Resource<WorkspaceSpec>>): WorkspaceTable {
  const all = graph.index('allWorkspaces', input, () => ['']);
  return graph.derive<string>('workspaces', (read, key) => {
    const [namespace = '', cluster = ''] = key.split('/');
    const claims = (read(all, '') ?? []).flatMap((name) => read(input, name) ?? []);
    return claims.find(({ spec }) => (spec?.workloadClusters ?? []).some((selector) => claimsNamespace(selector, namespace, cluster)))?.ref.name ?? '';
  });
}

/** The workspace that a resource belongs to. */
export function workspaceOf(
  read: Read,
  table: WorkspaceTable,
  { ref, annotations }: Pick<Resource<unknown>, 'ref' | 'annotations'>,
): string {
  return read(table, `${ref.namespace}/${annotations[clusterAnnotation] ?? ''}`) ?? '';
}

/** A resource that does not say which cluster it comes from matches every cluster. */
function claimsNamespace({ name = '*', namespaces = [] }: ClusterSelector, namespace: string, cluster: string): boolean {
  if (name !== '*' && cluster !== '' && name !== cluster) return false;
  return namespaces.length === 0 || namespaces.some((candidate) => candidate.name === '*' || candidate.name === namespace);
}
