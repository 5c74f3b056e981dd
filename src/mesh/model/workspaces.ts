/**
 * Workspaces: the scope in which a policy finds what it applies to. Whatever is not understood of one is outside of it.
 * https://docs.solo.io/gloo-mesh/latest/concepts/multi-tenancy/workspaces/
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, CLUSTER_ANNOTATION } from '../../api/resource.js';
import type {
  NamespaceSpec,
  WorkspaceSpec,
  WorkspaceSpec_ClusterSelector as ClusterSelector,
  WorkspaceSpec_ClusterSelector_NamespaceSelector as NamespaceSelector,
} from '../../generated/resources.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../graph/index.js';
import { matchesGlob } from './glob.js';
import { inForce, rememberValid } from './in-force.js';
import { joinKey, splitKey } from './key.js';
import { workspaceFindings } from './workspace-findings.js';

/** The workspace that a namespace belongs to. */
export interface Membership {
  /** Name of the Workspace; empty where there are none, for then everything is one. */
  readonly workspace: string;
  /** Whether policies are read from the namespace. */
  readonly configEnabled: boolean;
}

/** By `namespaceKey`. No row for a namespace that no workspace has, where there are workspaces. */
export type WorkspaceTable = Table<string, Membership>;

export interface WorkspaceTables {
  readonly memberships: WorkspaceTable;
  /** By `objectKey`. */
  readonly findings: KeyedTable<string, readonly Diagnostic[]>;
  /** The versions that were valid last. */
  readonly lastValid: Input<string, Resource<WorkspaceSpec>>;
}

export interface WorkspaceInputs {
  /** By `objectKey`; a row for every Workspace, also for one that cannot be read. */
  readonly workspaces: Input<string, Resource<WorkspaceSpec>>;
  /** By `kubeKey`. */
  readonly namespaces: Input<string, Resource<NamespaceSpec>>;
}

/** Where several workspaces have a namespace, the first by name does. */
export function declareWorkspaces(graph: Graph, { workspaces, namespaces }: WorkspaceInputs): WorkspaceTables {
  const lastValid = graph.input<string, Resource<WorkspaceSpec>>('last valid Workspace');
  const findings = graph.map('Workspace findings', workspaces, workspaceFindings);
  const inUse = graph.map('Workspace in force', workspaces, (workspace, read, key) =>
    inForce(read, key, workspace, read(findings, key) ?? [], lastValid),
  );
  rememberValid(graph, workspaces, findings, lastValid);
  const all = graph.index('allWorkspaces', workspaces, () => ['']);
  const memberships = graph.derive<string, Membership>('workspaces', (read, key) => {
    const names = read(all, '') ?? [];
    if (names.length === 0) return everything;
    const [name, cluster] = splitKey(key);
    const place: Place = { name, cluster, labels: labelsOf(read, name, cluster, namespaces) };
    for (const workspace of names) {
      const membership = membershipOf(read(inUse, workspace), place);
      if (membership !== undefined) return membership;
    }
    return undefined;
  });
  return { memberships, findings, lastValid };
}

const everything: Membership = { workspace: '', configEnabled: true };

/** A namespace of a cluster; the cluster is empty where it is not known. */
interface Place {
  readonly name: string;
  readonly cluster: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every namespace has its own name as a label. */
function labelsOf(
  read: Read,
  name: string,
  cluster: string,
  namespaces: Table<string, Resource<NamespaceSpec>>,
): Place['labels'] {
  const labels = read(namespaces, joinKey(name, '', cluster))?.labels ?? {};
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

/** The first selector that has the namespace decides on it. */
function membershipOf(workspace: Resource<WorkspaceSpec> | undefined, place: Place): Membership | undefined {
  for (const selector of workspace?.spec?.workloadClusters ?? []) {
    const { namespaces, configEnabled = true } = selector;
    if (!hasCluster(selector, place.cluster)) continue;
    if (namespaces === undefined || namespaces.length === 0)
      return { workspace: workspace?.ref.name ?? '', configEnabled };
    const found = namespaces.find((namespace) => hasNamespace(namespace, place));
    if (found)
      return { workspace: workspace?.ref.name ?? '', configEnabled: configEnabled && (found.configEnabled ?? true) };
  }
  return undefined;
}

/**
 * A resource that does not say which cluster it comes from may come from any. Labels of clusters are not known, so a selector by them
 * has none.
 */
function hasCluster({ name = '*', selector }: ClusterSelector, cluster: string): boolean {
  if (selector !== undefined && Object.keys(selector).length > 0) return false;
  return cluster === '' || matchesGlob(name, cluster);
}

function hasNamespace({ name, labels = {} }: NamespaceSelector, place: Place): boolean {
  const wanted = Object.entries(labels);
  if (name === undefined && wanted.length === 0) return false;
  return (
    (name === undefined || matchesGlob(name, place.name)) && wanted.every(([key, value]) => place.labels[key] === value)
  );
}

type Located = Pick<Resource<unknown>, 'ref' | 'annotations'>;

/** The key of a namespace in a cluster; the cluster is empty where it is not known. */
export function namespaceKey({ ref, annotations }: Located): string {
  return joinKey(ref.namespace, annotations[CLUSTER_ANNOTATION] ?? '');
}

/** What the namespace of a resource belongs to; `undefined` where it is in no workspace. */
export function membershipIn(read: Read, table: WorkspaceTable, resource: Located): Membership | undefined {
  return read(table, namespaceKey(resource));
}
