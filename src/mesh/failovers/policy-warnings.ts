/** Warnings about valid policies that do not work as their author may expect. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, resourceKey } from '../../api/resource.js';
import type { FailoverPolicySpec, RetryTimeoutPolicySpec } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { FailoverTables } from './failovers.js';
import { type Findings, collectFindings } from '../model/finding.js';
import { describeFailover } from '../model/failover-key.js';
import type { FailoverDestination } from '../model/model.js';
import { formatObject } from '../model/object-ref.js';
import type { FailoverPolicyKey, RetryTimeoutPolicyKey } from '../model/object-key.js';
import {
  type TargetKey,
  type TargetPortKey,
  destinationPortKey,
  isFailover,
  targetPortKey,
} from '../model/target-key.js';
import type { OutlierDetectionTable } from '../policies/outlier-detection-policies.js';
import type { PolicyContext, PolicyTables } from '../policies/selection/policy-targets.js';
import { retryTimeoutProtocolFindings } from '../policies/upstreams/protocol-findings.js';
import { type Selected, type TargetTables, allPorts } from '../policies/selection/target-selectors.js';

/** By policy. */
export type PolicyWarningTable<K extends string> = Table<K, readonly Diagnostic[]>;

/** A warning for each target to which an older policy applies instead. */
export function declareShadowWarnings<K extends string, Spec>(
  graph: Graph,
  kind: string,
  tables: PolicyTables<K, Spec>,
  targets: TargetTables,
): PolicyWarningTable<K> {
  return graph.derive<K, readonly Diagnostic[]>(`${kind} shadow warnings`, (read, key) => {
    const policy = read(tables.policies, key);
    if (policy === undefined) return undefined;
    const findings = collectFindings(policy.ref);
    for (const one of read(tables.selected, key)?.values() ?? [])
      checkShadow(read, findings, policy, one, tables, targets);
    return findings.all;
  });
}

function checkShadow(
  read: Read,
  findings: Findings,
  { ref }: Resource<unknown>,
  { target, ports }: Selected,
  tables: Pick<PolicyTables<string, unknown>, 'onPort'>,
  targets: TargetTables,
): void {
  const all = allPorts(read, target, targets).map(({ number }) => number);
  const owners = new Map<string, number[]>();
  for (const port of ports ?? all) {
    const winner = tables.onPort(read, targetPortKey(target, port))[0];
    if (winner === undefined || resourceKey(winner.ref) === resourceKey(ref)) continue;
    const owner = formatObject(winner.ref);
    owners.set(owner, [...(owners.get(owner) ?? []), port]);
  }
  for (const [owner, shadowed] of owners) {
    const where = shadowed.length === all.length ? '' : ` on port ${shadowed.join(', ')}`;
    const message = `${nameOf(target)} already has the older ${ref.kind} ${owner}${where}. This policy has no effect there.`;
    findings.warning('PolicyShadowed', ['spec'], message);
  }
}

function nameOf(target: TargetKey): string {
  return isFailover(target) ? describeFailover(target) : `Destination ${target}`;
}

/** A warning for each target without HTTP: retries and timeouts have no effect there. */
export function declareProtocolWarnings(
  graph: Graph,
  tables: PolicyTables<RetryTimeoutPolicyKey, RetryTimeoutPolicySpec>,
  context: PolicyContext,
): PolicyWarningTable<RetryTimeoutPolicyKey> {
  return graph.derive<RetryTimeoutPolicyKey, readonly Diagnostic[]>(
    'RetryTimeoutPolicy protocol warnings',
    (read, key) => {
      const policy = read(tables.policies, key);
      return (
        policy && retryTimeoutProtocolFindings(read, policy, [...(read(tables.selected, key)?.values() ?? [])], context)
      );
    },
  );
}

/** Warnings about settings that a FailoverPolicy replaces, and about missing outlier detection. */
export function declareFailoverPolicyWarnings(
  graph: Graph,
  tables: PolicyTables<FailoverPolicyKey, FailoverPolicySpec>,
  { failovers }: Pick<FailoverTables, 'failovers'>,
  onPorts: OutlierDetectionTable,
): PolicyWarningTable<FailoverPolicyKey> {
  return graph.derive<FailoverPolicyKey, readonly Diagnostic[]>('FailoverPolicy target warnings', (read, key) => {
    const policy = read(tables.policies, key);
    if (policy === undefined) return undefined;
    const findings = collectFindings(policy.ref);
    const warn = (code: DiagnosticCode, message: string): void => {
      findings.warning(code, ['spec'], message);
    };
    for (const { target, ports } of read(tables.selected, key)?.values() ?? []) {
      const failover = isFailover(target) ? read(failovers, target) : undefined;
      const counting = portsOf(failover, ports).filter(({ number }) =>
        isWinner(read, policy, targetPortKey(target, number), tables),
      );
      if (failover === undefined || counting.length === 0) continue;
      const name = `VirtualDestination ${formatObject(failover.ref)}`;
      if (failover.mappings.length > 0)
        warn('DirectivesReplaced', `${name} has its own failoverDirectives. This policy replaces them.`);
      if (counting.every((port) => hasOutlierDetection(read, target, failover, port, onPorts))) continue;
      warn(
        'DefaultOutlierDetection',
        `${name} has no OutlierDetectionPolicy. The default applies: 10 errors, interval 5s, ejection 120s.`,
      );
    }
    return findings.all;
  });
}

type Port = FailoverDestination['ports'][number];

function portsOf(failover: FailoverDestination | undefined, numbers: readonly number[] | undefined): readonly Port[] {
  return (failover?.ports ?? []).filter(({ number }) => numbers?.includes(number) ?? true);
}

function isWinner(
  read: Read,
  { ref }: Resource<unknown>,
  port: TargetPortKey,
  { onPort }: PolicyTables<FailoverPolicyKey, FailoverPolicySpec>,
): boolean {
  const winner = onPort(read, port)[0];
  return winner !== undefined && resourceKey(winner.ref) === resourceKey(ref);
}

/** By its own setting, by a policy on it, or by settings of its services. */
function hasOutlierDetection(
  read: Read,
  key: TargetKey,
  failover: FailoverDestination,
  { number, backings }: Port,
  onPorts: OutlierDetectionTable,
): boolean {
  if (failover.outlierDetection !== undefined || read(onPorts, targetPortKey(key, number)) !== undefined) return true;
  return backings
    .flat()
    .some(({ destination, port }) => read(onPorts, destinationPortKey(destination, port)) !== undefined);
}
