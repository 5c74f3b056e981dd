/** A warning for each selector of a policy that selects nothing, with a suggestion. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import { type Resource, CLUSTER_ANNOTATION } from '../../../api/resource.js';
import { didYouMean, suggest } from '../../../api/suggest.js';
import type { Read } from '../../../graph/index.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import { type Membership, membershipIn } from '../../model/workspaces.js';
import type { TargetKey } from '../../model/target-key.js';
import { describeConditions, nearest } from './nearest.js';
import {
  type TargetSelector,
  type TargetTables,
  allPorts,
  describeKinds,
  describeNames,
  matching,
  selectAll,
  workspaceOf,
} from './target-selectors.js';

export function selectionFindings(
  read: Read,
  policy: Resource<unknown>,
  selectors: readonly TargetSelector[],
  tables: TargetTables,
): readonly Diagnostic[] {
  const findings = collectFindings(policy.ref);
  const membership = membershipIn(read, tables.workspaces.memberships, policy);
  if (membership?.configEnabled !== true) {
    findings.warning('SelectsNothing', ['metadata', 'namespace'], outside(policy, membership));
    return findings.all;
  }
  for (const selector of selectors) {
    if (selectAll(read, policy, [selector], tables).size === 0)
      report(read, findings, selector, membership.workspace, tables);
  }
  return findings.all;
}

function outside({ ref, annotations }: Resource<unknown>, membership: Membership | undefined): string {
  const cluster = annotations[CLUSTER_ANNOTATION];
  const namespace = `namespace ${ref.namespace}${cluster === undefined ? '' : ` of cluster ${cluster}`}`;
  return membership === undefined
    ? `No Workspace has ${namespace}, so the policy selects nothing. Add the namespace to a Workspace.`
    : `Workspace ${membership.workspace} ignores policies in ${namespace} (configEnabled: false), so the policy selects nothing.`;
}

function report(
  read: Read,
  findings: Findings,
  selector: TargetSelector,
  workspace: string,
  tables: TargetTables,
): void {
  const warn = (message: string): void => {
    findings.warning('SelectsNothing', selector.path, message);
  };
  const { kinds } = selector;
  if (selector.workspace !== undefined && selector.workspace !== workspace) {
    warn(otherWorkspace(selector.workspace, workspace));
    return;
  }
  const found = matching(read, selector, tables);
  if (found.length === 0) {
    warn(
      `No valid ${describeKinds(kinds)} has ${describeConditions(selector.conditions)}, so the selector selects nothing.${nearest(read, selector, tables)}`,
    );
    return;
  }
  const within = found.filter((target) => workspaceOf(read, target, tables) === workspace);
  if (within.length > 0) warn(noSuchPort(read, selector, within, tables));
  else
    warn(
      `The matching objects (${describeNames(found)}) are not in workspace ${workspace}, where the policy is, so the selector selects nothing.`,
    );
}

function otherWorkspace(wanted: string, workspace: string): string {
  if (workspace === '')
    return `There is no Workspace, so nothing is in workspace ${JSON.stringify(wanted)} and the selector selects nothing. Remove workspace.`;
  const hint = didYouMean(suggest(wanted, [workspace]));
  return `The policy is in workspace ${workspace} and selects nothing of workspace ${JSON.stringify(wanted)}.${hint}`;
}

function noSuchPort(
  read: Read,
  { port = {} }: TargetSelector,
  targets: readonly TargetKey[],
  tables: TargetTables,
): string {
  const ports = targets.flatMap((target) => allPorts(read, target, tables));
  const byName = port.name !== undefined;
  const choice = [...new Set(ports.flatMap(({ number, name }) => (byName ? (name ?? []) : String(number))))]
    .filter((text) => text !== '')
    .sort();
  const wanted = byName ? `named ${JSON.stringify(port.name)}` : String(port.number);
  const hint =
    choice.length === 0 ? ' Their ports have no names: give a number.' : ` Their ports are ${choice.join(', ')}.`;
  return `The matching objects (${describeNames(targets)}) have no port ${wanted}, so the selector selects nothing.${hint}`;
}
