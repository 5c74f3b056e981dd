/** Policies that select virtual destinations of their workspace: which apply to what, the oldest first. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, byAge } from '../../api/resource.js';
import type { DestinationKind, DestinationSelectorV2, ObjectSelectorV2, WorkspaceSpec } from '../../generated/resources.js';
import type { Graph, Input, KeyedTable, Table } from '../../graph/index.js';
import type { FailoverResource } from '../model/failover-spec.js';
import type { Findings } from '../model/finding.js';
import { type LastValid, inForce, rememberValid } from '../model/in-force.js';
import { type Conditions, type SelectableTable, type Traits, declareTraits, selectKeys } from '../discovery/traits.js';
import { type WorkspaceTable, declareWorkspaces, workspaceOf } from '../model/workspaces.js';

export interface PolicyTables<Spec> {
  /** By `objectKey` of the policy. */
  readonly findings: KeyedTable<readonly Diagnostic[]>;
  readonly policies: KeyedTable<Resource<Spec>>;
  /** Keys of the failover destinations that a policy selects, by `objectKey` of the policy. */
  readonly selected: KeyedTable<readonly string[]>;
  /** Policies that select a failover destination, oldest first, by its `resourceKey`. */
  readonly onFailover: Table<readonly Resource<Spec>[]>;
  readonly lastValid: LastValid<Spec>;
}

export interface PolicyContext {
  readonly failovers: Input<FailoverResource>;
  readonly virtualDestinations: SelectableTable<FailoverResource>;
  readonly workspaces: WorkspaceTable;
}

export interface PolicyContextInputs {
  readonly failovers: Input<FailoverResource>;
  readonly workspaces: Input<Resource<WorkspaceSpec>>;
}

export function declarePolicyContext(graph: Graph, { failovers, workspaces }: PolicyContextInputs): PolicyContext {
  const virtualDestinations = declareTraits(graph, 'virtualDestinations', failovers, virtualDestinationTraits);
  return { failovers, virtualDestinations, workspaces: declareWorkspaces(graph, workspaces) };
}

/** By `resourceKey`; a FailoverService is not selected. */
function virtualDestinationTraits({ ref, labels }: FailoverResource): Traits | undefined {
  return ref.kind === 'VirtualDestination' ? { name: ref.name, namespace: ref.namespace, cluster: '', labels } : undefined;
}

export interface PolicyKind<Spec> {
  readonly name: string;
  readonly check: (policy: Resource<Spec>) => readonly Diagnostic[];
  /** Which virtual destinations of its workspace the policy applies to. */
  readonly selectors: (spec: Spec) => readonly Conditions[];
}

export function declarePolicies<Spec>(
  graph: Graph,
  input: Input<Resource<Spec>>,
  kind: PolicyKind<Spec>,
  { failovers, virtualDestinations, workspaces }: PolicyContext,
): PolicyTables<Spec> {
  const lastValid = graph.input<Resource<Spec>>(`last valid ${kind.name}`);
  const findings = graph.map(`${kind.name} findings`, input, (policy) => kind.check(policy));
  const policies = graph.map(`${kind.name} in force`, input, (policy, read, key) =>
    inForce(read, key, policy, read(findings, key) ?? [], lastValid),
  );
  rememberValid(graph, input, findings, lastValid);
  const selected = graph.map(`${kind.name} selections`, policies, (policy, read) => {
    const workspace = workspaceOf(read, workspaces, policy);
    return selectKeys(read, virtualDestinations, policy.spec === undefined ? [] : kind.selectors(policy.spec)).filter((key) => {
      const target = read(failovers, key);
      return target !== undefined && workspaceOf(read, workspaces, target) === workspace;
    });
  });
  const byFailover = graph.index(`${kind.name} by failover`, selected, (keys) => keys);
  const onFailover = graph.derive<readonly Resource<Spec>[]>(`${kind.name} on failover`, (read, key) =>
    (read(byFailover, key) ?? []).flatMap((policy) => read(policies, policy) ?? []).sort(byAge),
  );
  return { findings, policies, selected, onFailover, lastValid };
}

/** The virtual destinations that the selectors mean; none means all of them. */
export function virtualDestinationSelectors(selectors: readonly DestinationSelectorV2[] = []): readonly Conditions[] {
  if (selectors.length === 0) return [{}];
  const meant = selectors.filter(({ kind = 'VIRTUAL_DESTINATION' }) => kind === 'VIRTUAL_DESTINATION');
  return meant.map(({ selector: { name, namespace, labels } = {} }) => toConditions({ name, namespace, labels }));
}

/** What is left out or empty matches everything. */
export function toConditions({ name = '', namespace = '', cluster = '', labels }: Optional<ObjectSelectorV2>): Conditions {
  return { name: name === '' ? undefined : name, namespaces: listOf(namespace), clusters: listOf(cluster), labels };
}

type Optional<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

function listOf(value: string): readonly string[] {
  return value === '' ? [] : [value];
}

/** A kind that the policy cannot apply to is an error, not an empty selection. */
export function checkKinds(
  findings: Findings,
  policy: string,
  selectors: readonly DestinationSelectorV2[] | undefined,
  allowed: readonly DestinationKind[],
): void {
  selectors?.forEach(({ kind }, i) => {
    if (kind === undefined || allowed.includes(kind)) return;
    const message = `${policy} cannot apply to ${kind}: use kind ${allowed.join(' or ')}.`;
    findings.error('KindNotSelectable', ['spec', 'applyToDestinations', i, 'kind'], message);
  });
}
