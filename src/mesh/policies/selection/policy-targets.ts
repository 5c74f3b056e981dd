/** Policies that select destinations and failover destinations of their workspace: which of them apply to which ports, oldest first. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import { type Resource, byAge, CLUSTER_ANNOTATION } from '../../../api/resource.js';
import type { NamespaceSpec, WorkspaceSpec } from '../../../generated/resources.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../../graph/index.js';
import type { DestinationTables } from '../../discovery/destinations.js';
import { type SelectableTable, type Attributes, declareSelectable } from '../../discovery/services/selector-index.js';
import type { FailoverResource } from '../../model/failover-spec.js';
import { type LastValid, inForce, rememberValid } from '../../model/last-valid.js';
import type { FailoverKey } from '../../model/failover-key.js';
import type { NamespaceKey } from '../../model/kube-key.js';
import type { WorkspaceKey } from '../../model/object-key.js';
import { type TargetKey, type TargetPortKey, parseTargetPort } from '../../model/target-key.js';
import { type WorkspaceTables, declareWorkspaces } from '../../model/workspaces.js';
import { selectionFindings } from './selection-findings.js';
import { type Selection, type TargetSelector, selectAll } from './target-selectors.js';

/** `K` is the key of a policy. */
export interface PolicyTables<K extends string, Spec> {
  readonly findings: KeyedTable<K, readonly Diagnostic[]>;
  readonly policies: KeyedTable<K, Resource<Spec>>;
  /** The selection of each policy, by target. A policy may select everything; a target reads only its own part. */
  readonly selected: KeyedTable<K, Selection>;
  /** The policies that select a port of a target, oldest first. Not a table, because there are many ports and few policies. */
  readonly onPort: OnPort<Spec>;
  /** Warnings about selectors that select nothing. Computed on demand. */
  readonly selectionWarnings: Table<K, readonly Diagnostic[]>;
  readonly lastValid: LastValid<K, Spec>;
}

export type OnPort<Spec> = (read: Read, port: TargetPortKey) => readonly Resource<Spec>[];

export interface PolicyContext {
  readonly failovers: Input<FailoverKey, FailoverResource>;
  /** FailoverServices and VirtualDestinations. */
  readonly selectableFailovers: SelectableTable<FailoverKey, FailoverResource>;
  readonly workspaces: WorkspaceTables;
  readonly destinations: DestinationTables;
}

export interface PolicyContextInputs {
  readonly failovers: Input<FailoverKey, FailoverResource>;
  readonly workspaces: Input<WorkspaceKey, Resource<WorkspaceSpec>>;
  readonly namespaces: Input<NamespaceKey, Resource<NamespaceSpec>>;
}

export function declarePolicyContext(
  graph: Graph,
  inputs: PolicyContextInputs,
  destinations: DestinationTables,
): PolicyContext {
  const { failovers } = inputs;
  const selectableFailovers = declareSelectable(graph, 'virtualDestinations', failovers, failoverAttributes);
  return { failovers, selectableFailovers, workspaces: declareWorkspaces(graph, inputs), destinations };
}

function failoverAttributes({ ref, labels, annotations }: FailoverResource): Attributes {
  return { name: ref.name, namespace: ref.namespace, cluster: annotations[CLUSTER_ANNOTATION] ?? '', labels };
}

export interface PolicyKind<Spec> {
  readonly name: string;
  readonly check: (policy: Resource<Spec>) => readonly Diagnostic[];
  /** The selectors of a policy, for the objects of its workspace. */
  readonly selectors: (spec: Spec) => readonly TargetSelector[];
}

export function declarePolicies<K extends string, Spec>(
  graph: Graph,
  input: Input<K, Resource<Spec>>,
  kind: PolicyKind<Spec>,
  context: PolicyContext,
): PolicyTables<K, Spec> {
  const lastValid = graph.input<K, Resource<Spec>>(`last valid ${kind.name}`);
  const findings = graph.map(`${kind.name} findings`, input, (policy) => kind.check(policy));
  const policies = graph.map(`${kind.name} in force`, input, (policy, read, key) =>
    inForce(read, key, policy, read(findings, key) ?? [], lastValid),
  );
  rememberValid(graph, input, findings, lastValid);
  const selectorsOf = (policy: Resource<Spec>): readonly TargetSelector[] =>
    policy.spec === undefined ? [] : kind.selectors(policy.spec);
  const selected = graph.map<K, Resource<Spec>, Selection>(`${kind.name} selections`, policies, (policy, read) =>
    selectAll(read, policy, selectorsOf(policy), context),
  );
  const byTarget = graph.index(`${kind.name} by target`, selected, (selection) => selection.keys());
  const onPort = (read: Read, key: TargetPortKey): readonly Resource<Spec>[] => {
    const { target, port } = parseTargetPort(key);
    const selecting = read(byTarget, target);
    if (selecting === undefined) return [];
    const counting = selecting.filter((policy) => covers(read(selected, policy), target, port));
    return counting.flatMap((policy) => read(policies, policy) ?? []).sort(byAge);
  };
  const selectionWarnings = graph.derive<K, readonly Diagnostic[]>(`${kind.name} selection warnings`, (read, key) => {
    const policy = read(policies, key);
    return policy && selectionFindings(read, policy, selectorsOf(policy), context);
  });
  return { findings, policies, selected, onPort, selectionWarnings, lastValid };
}

function covers(selection: Selection | undefined, target: TargetKey, port: number): boolean {
  const selected = selection?.get(target);
  return selected !== undefined && (selected.ports?.includes(port) ?? true);
}
