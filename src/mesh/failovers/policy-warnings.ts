/** What is valid about a policy on virtual destinations and yet not as its author may think. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, resourceKey } from '../../api/resource.js';
import type { FailoverPolicySpec } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { FailoverTables } from './failovers.js';
import { collectFindings } from '../model/finding.js';
import { type FailoverDestination, objectKey } from '../model/model.js';
import type { PolicyTables } from '../policies/policy-targets.js';
import type { TrafficPolicyTables } from '../policies/traffic-policies.js';

/** By `objectKey` of the policy. */
export type PolicyWarningTable = Table<readonly Diagnostic[]>;

/** Says of each virtual destination for which an older policy counts that this one does not. */
export function declareShadowWarnings<Spec>(graph: Graph, kind: string, tables: PolicyTables<Spec>): PolicyWarningTable {
  return graph.derive<readonly Diagnostic[]>(`${kind} shadow warnings`, (read, key) => {
    const policy = read(tables.policies, key);
    return policy && shadowed(read, policy, read(tables.selected, key) ?? [], tables);
  });
}

function shadowed<Spec>(read: Read, { ref }: Resource<Spec>, targets: readonly string[], tables: PolicyTables<Spec>): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  for (const target of targets) {
    const [winner] = read(tables.onFailover, target) ?? [];
    if (winner === undefined || resourceKey(winner.ref) === resourceKey(ref)) continue;
    const [, namespace = '', name = ''] = target.split('/');
    const message = `VirtualDestination ${name}.${namespace} already has the older ${ref.kind} ${objectKey(winner.ref)}: this one does not count there.`;
    findings.warning('PolicyShadowed', ['spec'], message);
  }
  return findings.all;
}

/** What a FailoverPolicy replaces, and what it cannot do without. */
export function declareFailoverPolicyWarnings(
  graph: Graph,
  tables: PolicyTables<FailoverPolicySpec>,
  { failovers }: Pick<FailoverTables, 'failovers'>,
  outlierDetection: { readonly policies: Table<readonly unknown[]>; readonly onDestinations: TrafficPolicyTables['outlierDetection'] },
): PolicyWarningTable {
  return graph.derive<readonly Diagnostic[]>('FailoverPolicy target warnings', (read, key) => {
    const policy = read(tables.policies, key);
    if (policy === undefined) return undefined;
    const findings = collectFindings(policy.ref);
    const warn = (code: DiagnosticCode, message: string): void => {
      findings.warning(code, ['spec'], message);
    };
    for (const target of read(tables.selected, key) ?? []) {
      const failover = read(failovers, target);
      const [winner] = read(tables.onFailover, target) ?? [];
      if (failover === undefined || winner === undefined || resourceKey(winner.ref) !== resourceKey(policy.ref)) continue;
      const name = `VirtualDestination ${objectKey(failover.ref)}`;
      if (failover.mappings.length > 0) warn('DirectivesReplaced', `${name} has failoverDirectives of its own: they do not count, this policy does.`);
      if ((read(outlierDetection.policies, target) ?? []).length > 0 || hasOutlierDetection(read, target, failover, outlierDetection.onDestinations)) continue;
      warn('DefaultOutlierDetection', `${name} has no OutlierDetectionPolicy: the default is applied, 10 errors, interval 5s, ejection 120s.`);
    }
    return findings.all;
  });
}

/** By itself, by a TrafficPolicy on it, or by what is configured for its services. */
function hasOutlierDetection(
  read: Read,
  key: string,
  failover: FailoverDestination,
  onDestinations: TrafficPolicyTables['outlierDetection'],
): boolean {
  if (failover.outlierDetection !== undefined || read(onDestinations, key) !== undefined) return true;
  const backings = failover.ports.flatMap(({ backings: lists }) => lists.flat());
  return backings.some(({ destination }) => read(onDestinations, destination) !== undefined);
}
