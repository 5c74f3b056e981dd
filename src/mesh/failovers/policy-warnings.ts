/** What is valid about a policy on destinations and yet not as its author may think. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import { type Resource, parseResourceKey, resourceKey } from '../../api/resource.js';
import type { FailoverPolicySpec, RetryTimeoutPolicySpec } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import { backingKey } from '../discovery/destinations.js';
import type { FailoverTables } from './failovers.js';
import { type Findings, collectFindings } from '../model/finding.js';
import { type FailoverDestination, objectKey } from '../model/model.js';
import type { OutlierDetectionTable } from '../policies/outlier-detection-policies.js';
import type { PolicyContext, PolicyTables } from '../policies/policy-targets.js';
import { retryTimeoutProtocolFindings } from '../policies/protocol-findings.js';
import { type Selected, type TargetTables, allPorts, isFailover } from '../policies/target-selectors.js';

/** By `objectKey` of the policy. */
export type PolicyWarningTable = Table<string, readonly Diagnostic[]>;

/** Says of each target for which an older policy counts that this one does not. */
export function declareShadowWarnings<Spec>(
  graph: Graph,
  kind: string,
  tables: PolicyTables<Spec>,
  targets: TargetTables,
): PolicyWarningTable {
  return graph.derive<string, readonly Diagnostic[]>(`${kind} shadow warnings`, (read, key) => {
    const policy = read(tables.policies, key);
    if (policy === undefined) return undefined;
    const findings = collectFindings(policy.ref);
    for (const one of read(tables.selected, key) ?? []) checkShadow(read, findings, policy, one, tables, targets);
    return findings.all;
  });
}

function checkShadow<Spec>(
  read: Read,
  findings: Findings,
  { ref }: Resource<Spec>,
  { target, ports }: Selected,
  tables: PolicyTables<Spec>,
  targets: TargetTables,
): void {
  const all = allPorts(read, target, targets).map(({ number }) => number);
  const owners = new Map<string, number[]>();
  for (const port of ports ?? all) {
    const winner = tables.onPort(read, backingKey(target, port))[0];
    if (winner === undefined || resourceKey(winner.ref) === resourceKey(ref)) continue;
    const owner = objectKey(winner.ref);
    owners.set(owner, [...(owners.get(owner) ?? []), port]);
  }
  for (const [owner, shadowed] of owners) {
    const where = shadowed.length === all.length ? '' : ` on port ${shadowed.join(', ')}`;
    const message = `${nameOf(target)} already has the older ${ref.kind} ${owner}${where}: this one has no effect there.`;
    findings.warning('PolicyShadowed', ['spec'], message);
  }
}

function nameOf(target: string): string {
  if (!isFailover(target)) return `Destination ${target}`;
  const { kind, name, namespace } = parseResourceKey(target);
  return `${kind} ${name}.${namespace}`;
}

/** Says of each target without HTTP that retries and timeouts do nothing there. */
export function declareProtocolWarnings(
  graph: Graph,
  tables: PolicyTables<RetryTimeoutPolicySpec>,
  context: PolicyContext,
): PolicyWarningTable {
  return graph.derive<string, readonly Diagnostic[]>('RetryTimeoutPolicy protocol warnings', (read, key) => {
    const policy = read(tables.policies, key);
    return policy && retryTimeoutProtocolFindings(read, policy, read(tables.selected, key) ?? [], context);
  });
}

/** What a FailoverPolicy replaces, and what it cannot do without. */
export function declareFailoverPolicyWarnings(
  graph: Graph,
  tables: PolicyTables<FailoverPolicySpec>,
  { failovers }: Pick<FailoverTables, 'failovers'>,
  onPorts: OutlierDetectionTable,
): PolicyWarningTable {
  return graph.derive<string, readonly Diagnostic[]>('FailoverPolicy target warnings', (read, key) => {
    const policy = read(tables.policies, key);
    if (policy === undefined) return undefined;
    const findings = collectFindings(policy.ref);
    const warn = (code: DiagnosticCode, message: string): void => {
      findings.warning(code, ['spec'], message);
    };
    for (const { target, ports } of read(tables.selected, key) ?? []) {
      const failover = read(failovers, target);
      const counting = portsOf(failover, ports).filter(({ number }) =>
        isWinner(read, policy, backingKey(target, number), tables),
      );
      if (failover === undefined || counting.length === 0) continue;
      const name = `VirtualDestination ${objectKey(failover.ref)}`;
      if (failover.mappings.length > 0)
        warn('DirectivesReplaced', `${name} has its own failoverDirectives: this policy replaces them.`);
      if (counting.every((port) => hasOutlierDetection(read, target, failover, port, onPorts))) continue;
      warn(
        'DefaultOutlierDetection',
        `${name} has no OutlierDetectionPolicy: the default is applied, 10 errors, interval 5s, ejection 120s.`,
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
  port: string,
  { onPort }: PolicyTables<FailoverPolicySpec>,
): boolean {
  const winner = onPort(read, port)[0];
  return winner !== undefined && resourceKey(winner.ref) === resourceKey(ref);
}

/** By itself, by a policy on it, or by what is configured for its services. */
function hasOutlierDetection(
  read: Read,
  key: string,
  failover: FailoverDestination,
  { number, backings }: Port,
  onPorts: OutlierDetectionTable,
): boolean {
  if (failover.outlierDetection !== undefined || read(onPorts, backingKey(key, number)) !== undefined) return true;
  return backings.flat().some(({ destination, port }) => read(onPorts, backingKey(destination, port)) !== undefined);
}
