/** What the model finds about a resource, besides what decoding it found. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type Resource, resourceKey } from '../api/resource.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import type { Graph } from '../graph/index.js';
import { kubeKey } from '../mesh/discovery.js';
import { objectKey } from '../mesh/model.js';
import type { MeshModel } from '../mesh/tables.js';
import { type TargetPolicies, conflictFindings } from './traffic-policy.js';

export function modelFindings(graph: Graph, model: MeshModel, resource: Resource<unknown>): readonly Diagnostic[] {
  const key = objectKey(resource.ref);
  const { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies, warnings } = model.resilience;
  const extra = (warnings[resource.ref.kind] ?? []).flatMap((table) => graph.read(table, key) ?? []);
  switch (resource.ref.kind) {
    case 'FailoverService':
    case 'VirtualDestination':
      return failoverFindings(graph, model, resourceKey(resource.ref));
    case 'TrafficPolicy': {
      const own = graph.read(model.trafficPolicies.findings, key) ?? [];
      const ejection = graph.read(model.ejection.findings, key) ?? [];
      return [...own, ...ejection, ...conflictFindings(resource as Resource<TrafficPolicySpec>, key, targetsOf(graph, model, key))];
    }
    case 'FailoverPolicy':
      return [...(graph.read(failoverPolicies.findings, key) ?? []), ...extra];
    case 'OutlierDetectionPolicy':
      return [...(graph.read(outlierDetectionPolicies.findings, key) ?? []), ...(graph.read(model.ejection.outlierDetectionPolicies, key) ?? []), ...extra];
    case 'RetryTimeoutPolicy':
      return [...(graph.read(retryTimeoutPolicies.findings, key) ?? []), ...extra];
    case 'Destination':
      return graph.read(model.portFindings, key) ?? [];
    case 'Service':
      return graph.read(model.destinations.discovery.serviceFindings, kubeKey(resource.ref)) ?? [];
    case 'EndpointSlice':
      return graph.read(model.destinations.discovery.sliceFindings, kubeKey(resource.ref)) ?? [];
    default:
      return [];
  }
}

function failoverFindings(graph: Graph, { failovers, failoverWarnings }: MeshModel, key: string): readonly Diagnostic[] {
  return [...(graph.read(failovers.findings, key) ?? []), ...(graph.read(failoverWarnings, key) ?? [])];
}

/** The destinations that a TrafficPolicy selects, with all policies on them. */
export function targetsOf(graph: Graph, { trafficPolicies }: MeshModel, policy: string): readonly TargetPolicies[] {
  return (graph.read(trafficPolicies.selected, policy) ?? []).map((destination) => ({
    destination,
    ...(graph.read(trafficPolicies.onDestination, destination) ?? { accepted: [], conflicts: [] }),
  }));
}
