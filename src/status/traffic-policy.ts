/** The status of a TrafficPolicy: on each destination that it selects, whether and in which order it was accepted. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { Resource } from '../api/resource.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import { policyPath } from '../mesh/traffic-policy-findings.js';
import type { PoliciesOnDestination } from '../mesh/traffic-policies.js';
import { type ApprovalStatus, type Status, approval, observedGeneration, statusKey } from './approval.js';

export interface TargetPolicies extends PoliciesOnDestination {
  /** `objectKey` of the destination. */
  readonly destination: string;
}

/** The fields of a policy that an older one owns on some destination, as findings about it. */
export function conflictFindings(policy: Resource<TrafficPolicySpec>, key: string, targets: readonly TargetPolicies[]): readonly Diagnostic[] {
  const fields = new Map<string, string>();
  for (const { conflicts } of targets) {
    for (const { policy: younger, field, owner } of conflicts) if (younger === key) fields.set(field, owner);
  }
  return [...fields].map(([field, owner]) => ({
    ref: policy.ref,
    code: 'FieldConflict',
    path: [...policyPath, field],
    severity: 'error',
    message: `field ${field} is already owned by TrafficPolicy ${owner}`,
  }));
}

export function trafficPolicyStatus(
  policy: Resource<TrafficPolicySpec>,
  key: string,
  targets: readonly TargetPolicies[],
  errors: readonly string[],
  conflicts: readonly string[],
): Status {
  const byDestination = targets.map((target) => [statusKey(target.destination), onDestination(key, target, errors, conflicts)] as const);
  const all = [...errors, ...conflicts];
  const name = policy.apiVersion.endsWith('/v1') ? 'destinations' : 'trafficTargets';
  return {
    ...(all.length > 0 && { errors: all }),
    observedGeneration: observedGeneration(policy.apiVersion, policy.generation),
    state: approval(all).state,
    ...(byDestination.length > 0 && { [name]: Object.fromEntries(byDestination) }),
  };
}

function onDestination(key: string, target: TargetPolicies, errors: readonly string[], conflicts: readonly string[]): ApprovalStatus {
  const collides = target.conflicts.some(({ policy }) => policy === key);
  const { order } = target.accepted.find(({ policy }) => policy === key) ?? {};
  return approval([...errors, ...(collides ? conflicts : [])], order);
}
