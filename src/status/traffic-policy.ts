/** The status of a TrafficPolicy: for each selected destination, whether and in which order it was accepted. */
import type { Diagnostic } from '../api/diagnostic.js';
import type { Resource } from '../api/resource.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import { policyPath } from '../mesh/policies/traffic-policy-findings.js';
import type { PoliciesOnDestination } from '../mesh/policies/traffic-policies.js';
import { type ApprovalStatus, type Status, approval, observedGeneration, statusKey } from './approval.js';
import type { TrafficPolicyKey } from '../mesh/model/object-key.js';
import { type TargetKey, isFailover, nameOfTarget } from '../mesh/model/target-key.js';

export interface TargetPolicies extends PoliciesOnDestination {
  readonly destination: TargetKey;
}

/** A finding for each field of a policy that an older policy owns on a destination. */
export function conflictFindings(
  policy: Resource<TrafficPolicySpec>,
  key: TrafficPolicyKey,
  targets: readonly TargetPolicies[],
): readonly Diagnostic[] {
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
  key: TrafficPolicyKey,
  targets: readonly TargetPolicies[],
  errors: readonly string[],
  conflicts: readonly string[],
): Status {
  const approvals = (some: readonly TargetPolicies[]): Readonly<Record<string, ApprovalStatus>> =>
    Object.fromEntries(some.map((target) => [targetName(target), onDestination(key, target, errors, conflicts)]));
  const destinations = targets.filter((target) => !isVirtual(target));
  const virtual = targets.filter(isVirtual);
  const all = [...errors, ...conflicts];
  const name = policy.apiVersion.endsWith('/v1') ? 'destinations' : 'trafficTargets';
  return {
    ...(all.length > 0 && { errors: all }),
    observedGeneration: observedGeneration(policy.apiVersion, policy.generation),
    state: approval(all).state,
    ...(destinations.length > 0 && { [name]: approvals(destinations) }),
    ...(virtual.length > 0 && { virtualDestinations: approvals(virtual) }),
  };
}

function isVirtual({ destination }: TargetPolicies): boolean {
  return isFailover(destination);
}

function targetName({ destination }: TargetPolicies): string {
  return statusKey(nameOfTarget(destination));
}

function onDestination(
  key: TrafficPolicyKey,
  target: TargetPolicies,
  errors: readonly string[],
  conflicts: readonly string[],
): ApprovalStatus {
  const collides = target.conflicts.some(({ policy }) => policy === key);
  const { order } = target.accepted.find(({ policy }) => policy === key) ?? {};
  return approval([...errors, ...(collides ? conflicts : [])], order);
}
