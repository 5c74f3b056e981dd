/** Policies that select virtual destinations of their workspace: which apply to what, the oldest first. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type Resource, byAge } from '../api/resource.js';
import type { DestinationKind, DestinationSelectorV2, ObjectSelectorV2, WorkspaceSpec } from '../generated/resources.js';
import type { Graph, Input, KeyedTable, Table } from '../graph/index.js';
import type { FailoverResource } from './failover-spec.js';
import type { Findings } from './finding.js';
import { type LastValid, inForce, rememberValid } from './in-force.js';
import { matchesLabels } from './selectors.js';
import { type WorkspaceTable, declareWorkspaces, workspaceOf } from './workspaces.js';

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
  /** `resourceKey` of every VirtualDestination, in the group `''`. */
  readonly virtualDestinations: Table<readonly string[]>;
  readonly workspaces: WorkspaceTable;
}

export interface PolicyContextInputs {
  readonly failovers: Input<FailoverResource>;
  readonly workspaces: Input<Resource<WorkspaceSpec>>;
}

export function declarePolicyContext(graph: Graph, { failovers, workspaces }: PolicyContextInputs): PolicyContext {
  const virtualDestinations = graph.index('virtualDestinations', failovers, ({ ref }) =>
    ref.kind === 'VirtualDestination' ? [''] : [],
  );
  return { failovers, virtualDestinations, workspaces: declareWorkspaces(graph, workspaces) };
}

export interface PolicyKind<Spec> {
  readonly name: string;
  readonly check: (policy: Resource<Spec>) => readonly Diagnostic[];
  /** Whether the policy applies to a virtual destination of its workspace. */
  readonly applies: (spec: Spec, target: FailoverResource) => boolean;
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
    return (read(virtualDestinations, '') ?? []).filter((key) => {
      const target = read(failovers, key);
      if (target === undefined || policy.spec === undefined) return false;
      return workspaceOf(read, workspaces, target) === workspace && kind.applies(policy.spec, target);
    });
  });
  const byFailover = graph.index(`${kind.name} by failover`, selected, (keys) => keys);
  const onFailover = graph.derive<readonly Resource<Spec>[]>(`${kind.name} on failover`, (read, key) =>
    (read(byFailover, key) ?? []).flatMap((policy) => read(policies, policy) ?? []).sort(byAge),
  );
  return { findings, policies, selected, onFailover, lastValid };
}

/** Whether one of the selectors means the virtual destination; none means all of them. */
export function selectsVirtualDestination(selectors: readonly DestinationSelectorV2[] | undefined, target: FailoverResource): boolean {
  if (selectors === undefined || selectors.length === 0) return true;
  return selectors.some(({ kind = 'VIRTUAL_DESTINATION', selector = {} }) => kind === 'VIRTUAL_DESTINATION' && selects(selector, target));
}

function selects({ name, namespace, labels = {} }: ObjectSelectorV2, { ref, labels: own }: FailoverResource): boolean {
  return (
    (name === undefined || name === '' || name === ref.name) &&
    (namespace === undefined || namespace === '' || namespace === ref.namespace) &&
    matchesLabels(own, labels)
  );
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
