/** The status of any resource, from the rows of the model. Writes nothing; who shows or stores a status asks here. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type RawResource, type Resource, resourceKey } from '../api/resource.js';
import type { TrafficPolicySpec, VirtualDestinationSpec } from '../generated/resources.js';
import type { Graph } from '../graph/index.js';
import type { FailoverResource } from '../mesh/failover-spec.js';
import { objectKey } from '../mesh/model.js';
import type { MeshModel } from '../mesh/tables.js';
import { type Status, approval, observedGeneration } from './approval.js';
import { failoverStatus } from './failover.js';
import { errorsOf } from './message.js';
import { type TargetPolicies, conflictFindings, trafficPolicyStatus } from './traffic-policy.js';

/** What the model finds about a resource, besides what decoding it found. */
export function modelFindings(graph: Graph, model: MeshModel, resource: Resource<unknown>): readonly Diagnostic[] {
  const key = objectKey(resource.ref);
  switch (resource.ref.kind) {
    case 'FailoverService':
    case 'VirtualDestination':
      return graph.read(model.failovers.findings, resourceKey(resource.ref)) ?? [];
    case 'TrafficPolicy': {
      const own = graph.read(model.trafficPolicies.findings, key) ?? [];
      const ejection = graph.read(model.ejection.findings, key) ?? [];
      return [...own, ...ejection, ...conflictFindings(resource as Resource<TrafficPolicySpec>, key, targetsOf(graph, model, key))];
    }
    case 'RetryTimeoutPolicy':
      return graph.read(model.resilience.retryTimeoutPolicies.findings, key) ?? [];
    default:
      return [];
  }
}

/** `decoding`: what decoding the newest version found; with errors among it, that version never reached the model. */
export function statusOf(
  graph: Graph,
  model: MeshModel,
  resource: Resource<unknown>,
  decoding: readonly Diagnostic[],
  raw: RawResource,
): Status {
  const errors = errorsOf(decoding, raw);
  switch (resource.ref.kind) {
    case 'FailoverService':
    case 'VirtualDestination':
      return failover(graph, model, resource as FailoverResource, errors, raw);
    case 'TrafficPolicy':
      return trafficPolicy(graph, model, resource as Resource<TrafficPolicySpec>, errors, raw);
    default:
      return {
        ...(errors.length > 0 && { errors }),
        observedGeneration: observedGeneration(resource.apiVersion, resource.generation),
        state: approval(errors).state,
      };
  }
}

function failover(graph: Graph, model: MeshModel, resource: FailoverResource, decoding: readonly string[], raw: RawResource): Status {
  const errors = decoding.length > 0 ? decoding : errorsOf(modelFindings(graph, model, resource), raw);
  const { virtualMesh } = (resource.spec ?? {}) as VirtualDestinationSpec;
  const key = objectKey({ name: virtualMesh?.name ?? '', namespace: virtualMesh?.namespace ?? '' });
  return failoverStatus(resource, graph.read(model.meshes.virtualMeshes, key)?.meshes ?? [], errors);
}

function trafficPolicy(
  graph: Graph,
  model: MeshModel,
  policy: Resource<TrafficPolicySpec>,
  decoding: readonly string[],
  raw: RawResource,
): Status {
  const key = objectKey(policy.ref);
  const targets = targetsOf(graph, model, key);
  const own = graph.read(model.trafficPolicies.findings, key) ?? [];
  const errors = decoding.length > 0 ? decoding : errorsOf(own, raw);
  return trafficPolicyStatus(policy, key, targets, errors, errorsOf(conflictFindings(policy, key, targets), raw));
}

function targetsOf(graph: Graph, model: MeshModel, policy: string): readonly TargetPolicies[] {
  const selected = graph.read(model.trafficPolicies.selected, policy) ?? [];
  return selected.map((destination) => ({
    destination,
    ...(graph.read(model.trafficPolicies.onDestination, destination) ?? { accepted: [], conflicts: [] }),
  }));
}
