/** The three kinds of policies on virtual destinations. */
import type { Resource } from '../api/resource.js';
import type { Graph } from '../graph/index.js';
import { failoverPolicyKey, outlierDetectionPolicyKey, retryTimeoutPolicyKey } from '../mesh/model/object-key.js';
import { type TargetKey, isFailover, targetPortKey } from '../mesh/model/target-key.js';
import { membershipIn } from '../mesh/model/workspaces.js';
import type { MeshModel } from '../mesh/tables.js';
import type { Status } from '../status/approval.js';
import { errorsOf, warningsOf } from '../status/message.js';
import { allErrors, invalidates } from '../status/plain.js';
import { type SelectedPort, failoverPolicyReport, policyStatus } from '../status/resilience-policy.js';
import type { StatusSubject } from '../status/subject.js';
import { inputRowOf } from './input-row.js';
import { type Kind, collect } from './kind.js';

export const failoverPolicy: Kind = {
  input: ({ failoverPolicies }, ref) => inputRowOf(failoverPolicies, failoverPolicyKey(ref)),
  findings: (read, { virtualDestinationPolicies, ruleFindings }, ref) =>
    collect(read, failoverPolicyKey(ref), [
      virtualDestinationPolicies.failoverPolicies.findings,
      ruleFindings.ofPolicies,
      ...virtualDestinationPolicies.warnings.FailoverPolicy,
    ]),
  targets: (read, { virtualDestinationPolicies: { failoverPolicies } }, ref) =>
    keysOf(read(failoverPolicies.selected, failoverPolicyKey(ref))),
  status: (graph, model, subject) => {
    const { resource } = subject;
    const { workspaces } = model.virtualDestinationPolicies;
    const status = commonStatus(graph, model, subject);
    const workspace = membershipIn(graph.read.bind(graph), workspaces.memberships, resource)?.workspace ?? '';
    const ports = selectedPorts(graph, model, resource);
    return { ...status, ...failoverPolicyReport(workspace, resource, status['state'], ports) };
  },
  isInMessages: true,
};

export const outlierDetectionPolicy: Kind = {
  input: ({ outlierDetectionPolicies }, ref) => inputRowOf(outlierDetectionPolicies, outlierDetectionPolicyKey(ref)),
  findings: (read, { virtualDestinationPolicies, ejection }, ref) =>
    collect(read, outlierDetectionPolicyKey(ref), [
      virtualDestinationPolicies.outlierDetectionPolicies.findings,
      ejection.outlierDetectionPolicies,
      ...virtualDestinationPolicies.warnings.OutlierDetectionPolicy,
    ]),
  targets: (read, { virtualDestinationPolicies: { outlierDetectionPolicies } }, ref) =>
    keysOf(read(outlierDetectionPolicies.selected, outlierDetectionPolicyKey(ref))),
  status: commonStatus,
  isInMessages: true,
};

export const retryTimeoutPolicy: Kind = {
  input: ({ retryTimeoutPolicies }, ref) => inputRowOf(retryTimeoutPolicies, retryTimeoutPolicyKey(ref)),
  findings: (read, { virtualDestinationPolicies }, ref) =>
    collect(read, retryTimeoutPolicyKey(ref), [
      virtualDestinationPolicies.retryTimeoutPolicies.findings,
      ...virtualDestinationPolicies.warnings.RetryTimeoutPolicy,
    ]),
  targets: (read, { virtualDestinationPolicies: { retryTimeoutPolicies } }, ref) =>
    keysOf(read(retryTimeoutPolicies.selected, retryTimeoutPolicyKey(ref))),
  status: commonStatus,
  isInMessages: true,
};

function keysOf(selected: ReadonlyMap<TargetKey, unknown> | undefined): readonly TargetKey[] {
  return [...(selected?.keys() ?? [])];
}

function commonStatus(_graph: Graph, _model: MeshModel, subject: StatusSubject): Status {
  const { findings, resource, raw } = subject;
  const tolerated = findings.filter((finding) => !invalidates(finding));
  return policyStatus(resource, allErrors(subject), [...warningsOf(findings, raw), ...errorsOf(tolerated, raw)]);
}

/** The ports of virtual destinations that a FailoverPolicy selects. */
function selectedPorts(graph: Graph, model: MeshModel, policy: Resource<unknown>): readonly SelectedPort[] {
  const read = graph.read.bind(graph);
  const { failoverPolicies, outlierDetectionPolicies } = model.virtualDestinationPolicies;
  const selected = [...(read(failoverPolicies.selected, failoverPolicyKey(policy.ref))?.values() ?? [])];
  return selected.flatMap(({ target, ports }) => {
    const failover = isFailover(target) ? read(model.failovers.failovers, target) : undefined;
    if (failover === undefined) return [];
    const numbers = failover.ports.map(({ number }) => number).filter((number) => ports?.includes(number) ?? true);
    return numbers.map((port): SelectedPort => {
      const [detection] = outlierDetectionPolicies.onPort(read, targetPortKey(target, port));
      if (detection === undefined) return { failover, port };
      const { name, namespace } = detection.ref;
      return { failover, port, outlierDetectionPolicy: { name, namespace } };
    });
  });
}
