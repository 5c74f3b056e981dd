import type { Resource } from '../api/resource.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import type { Read } from '../graph/index.js';
import { type TrafficPolicyKey, trafficPolicyKey } from '../mesh/model/object-key.js';
import { hiddenRouteFindings } from '../mesh/offers/route-findings.js';
import type { MeshModel } from '../mesh/tables.js';
import { errorsOf, warningsOf } from '../status/message.js';
import { type TargetPolicies, conflictFindings, trafficPolicyStatus } from '../status/traffic-policy.js';
import { inputRowOf } from './input-row.js';
import { type Kind, collect } from './kind.js';

export const trafficPolicy: Kind = {
  input: ({ trafficPolicies }, ref) => inputRowOf(trafficPolicies, trafficPolicyKey(ref)),

  findings: (read, model, ref) => {
    const key = trafficPolicyKey(ref);
    const policy = read(model.inputs.trafficPolicies, key);
    if (policy === undefined) return [];
    const { trafficPolicies, shiftRuleFindings, ejection } = model;
    const targets = targetsOf(read, model, key);
    const accepted = targets.map((target) => target.accepted);
    return [
      ...collect(read, key, [trafficPolicies.findings, trafficPolicies.warnings, shiftRuleFindings, ejection.findings]),
      ...conflictFindings(policy, key, targets),
      ...hiddenRouteFindings(policy.ref, key, accepted),
    ];
  },

  targets: (read, { trafficPolicies }, ref) => read(trafficPolicies.selected, trafficPolicyKey(ref)) ?? [],

  status: (graph, model, { resource, decoding, findings, raw }) => {
    const policy = resource as Resource<TrafficPolicySpec>;
    const key = trafficPolicyKey(policy.ref);
    const targets = targetsOf(graph.read.bind(graph), model, key);
    const own = graph.read(model.trafficPolicies.findings, key) ?? [];
    const errors = errorsOf(decoding, raw);
    const conflicts = errorsOf(conflictFindings(policy, key, targets), raw);
    const status = trafficPolicyStatus(
      policy,
      key,
      targets,
      errors.length > 0 ? errors : errorsOf(own, raw),
      conflicts,
    );
    const warnings = warningsOf(findings, raw);
    return { ...status, ...(warnings.length > 0 && { warnings }) };
  },

  isInMessages: true,
};

/** The destinations that a TrafficPolicy selects, with all policies on them. */
function targetsOf(read: Read, { trafficPolicies }: MeshModel, policy: TrafficPolicyKey): readonly TargetPolicies[] {
  return (read(trafficPolicies.selected, policy) ?? []).map((destination) => ({
    destination,
    ...(read(trafficPolicies.onDestination, destination) ?? { accepted: [], conflicts: [] }),
  }));
}
