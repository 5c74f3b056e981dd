/**
 * Workspaces: the scope of policies. A policy applies to objects of its own workspace. If a selector of a workspace cannot be read, it
 * selects no namespace.
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
import {
  type Graph,
  type Input,
  type Key,
  type KeyedTable,
  type Read,
  type Table,
  SINGLE,
  partsCodec,
} from '../../graph/index.js';
import { matchesGlob } from '../../api/glob.js';
import { inForce, rememberValid } from './last-valid.js';
import { type NamespaceKey, namespaceKey } from './kube-key.js';
import type { WorkspaceKey } from './object-key.js';
import { workspaceFindings } from './workspace-findings.js';

/** The workspace that a namespace belongs to. */
export interface Membership {
  /** The name of the Workspace. Empty if no Workspace exists: then everything is in one workspace. */
  readonly workspace: string;
  /** Whether policies in the namespace apply. */
  readonly configEnabled: boolean;
}

/** If Workspaces exist, a namespace in none of them has no row. */
export type WorkspaceTable = Table<MembershipKey, Membership>;

/** A namespace in a cluster. The cluster is empty if it is unknown. */
export type MembershipKey = Key<'workspace membership'>;

const MEMBERSHIP = partsCodec<MembershipKey, readonly [namespace: string, cluster: string]>(2);

export interface WorkspaceTables {
  readonly memberships: WorkspaceTable;
  readonly findings: KeyedTable<WorkspaceKey, readonly Diagnostic[]>;
  /** The last valid versions. */
  readonly lastValid: Input<WorkspaceKey, Resource<WorkspaceSpec>>;
}

export interface WorkspaceInputs {
  /** A row for every Workspace, also for one that cannot be read. */
  readonly workspaces: Input<WorkspaceKey, Resource<WorkspaceSpec>>;
  readonly namespaces: Input<NamespaceKey, Resource<NamespaceSpec>>;
}

/** If several workspaces select a namespace, it belongs to the first of them by name. */
export function declareWorkspaces(graph: Graph, { workspaces, namespaces }: WorkspaceInputs): WorkspaceTables {
  const lastValid = graph.input<WorkspaceKey, Resource<WorkspaceSpec>>('last valid Workspace');
  const findings = graph.map('Workspace findings', workspaces, workspaceFindings);
  const inUse = graph.map('Workspace in force', workspaces, (workspace, read, key) =>
    inForce(read, key, workspace, read(findings, key) ?? [], lastValid),
  );
  rememberValid(graph, workspaces, findings, lastValid);
  const all = graph.index('allWorkspaces', workspaces, () => [SINGLE]);
  const memberships = graph.derive<MembershipKey, Membership>('workspaces', (read, key) => {
    const names = read(all, SINGLE) ?? [];
    if (names.length === 0) return everything;
    const [name, cluster] = MEMBERSHIP.parse(key);
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

/** A namespace in a cluster. The cluster is empty if it is unknown. */
interface Place {
  readonly name: string;
  readonly cluster: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The labels of a namespace, with the label for its own name. */
function labelsOf(
  read: Read,
  name: string,
  cluster: string,
  namespaces: Table<NamespaceKey, Resource<NamespaceSpec>>,
): Place['labels'] {
  const labels = read(namespaces, namespaceKey({ name, cluster }))?.labels ?? {};
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

/** The first selector that selects the namespace decides. */
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
 * A resource without a cluster may come from any cluster. Labels of clusters are not known, so a selector by labels selects no cluster.
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

/** The cluster is empty if it is unknown. */
export function membershipOfNamespace(namespace: string, cluster: string): MembershipKey {
  return MEMBERSHIP.format(namespace, cluster);
}

function membershipKey({ ref, annotations }: Located): MembershipKey {
  return membershipOfNamespace(ref.namespace, annotations[CLUSTER_ANNOTATION] ?? '');
}

/** The name of the cluster; empty if it is unknown. */
export function clusterOfMembership(key: MembershipKey): string {
  return MEMBERSHIP.parse(key)[1];
}

/** The membership of a resource's namespace; `undefined` if it is in no workspace. */
export function membershipIn(read: Read, table: WorkspaceTable, resource: Located): Membership | undefined {
  return read(table, membershipKey(resource));
}
