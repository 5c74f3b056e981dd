/** The findings of the model about a resource. Findings of decoding are not among them. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type ResourceRef, parseResourceKey, resourceKey } from '../api/resource.js';
import type { Graph, Read, Table } from '../graph/index.js';
import { kubeKey } from '../mesh/discovery/discovery.js';
import { objectKey } from '../mesh/model/model.js';
import { hiddenRouteFindings } from '../mesh/offers/route-findings.js';
import type { MeshModel } from '../mesh/tables.js';
import { type TargetPolicies, conflictFindings } from './traffic-policy.js';

/** The findings of the model about a resource, by `resourceKey`; no row if there are none. */
export type FindingTable = Table<string, readonly Diagnostic[]>;

/** One row for each observed resource. */
export function declareFindings(graph: Graph, model: MeshModel): FindingTable {
  return graph.derive<string, readonly Diagnostic[]>('findings', (read, key) => {
    const findings = modelFindings(read, model, parseResourceKey(key));
    return findings.length === 0 ? undefined : findings;
  });
}

function modelFindings(read: Read, model: MeshModel, ref: ResourceRef): readonly Diagnostic[] {
  const key = objectKey(ref);
  const { failoverPolicies, outlierDetectionPolicies, retryTimeoutPolicies, warnings } = model.resilience;
  const extra = (warnings[ref.kind] ?? []).flatMap((table) => read(table, key) ?? []);
  switch (ref.kind) {
    case 'FailoverService':
    case 'VirtualDestination':
      return failoverFindings(read, model, resourceKey(ref));
    case 'TrafficPolicy':
      return trafficPolicyFindings(read, model, key);
    case 'FailoverPolicy':
      return [
        ...(read(failoverPolicies.findings, key) ?? []),
        ...(read(model.ruleFindings.ofPolicies, key) ?? []),
        ...extra,
      ];
    case 'OutlierDetectionPolicy':
      return [
        ...(read(outlierDetectionPolicies.findings, key) ?? []),
        ...(read(model.ejection.outlierDetectionPolicies, key) ?? []),
        ...extra,
      ];
    case 'RetryTimeoutPolicy':
      return [...(read(retryTimeoutPolicies.findings, key) ?? []), ...extra];
    case 'VirtualMesh':
      return read(model.virtualMeshFindings, key) ?? [];
    case 'Workspace':
      return read(model.resilience.workspaces.findings, key) ?? [];
    case 'Destination':
      return [...(read(model.destinations.findings, key) ?? []), ...offerFindings(read, model, key)];
    case 'Service':
      return [
        ...(read(model.destinations.discovery.serviceFindings, kubeKey(ref)) ?? []),
        ...serviceOfferFindings(read, model, kubeKey(ref)),
      ];
    case 'EndpointSlice':
      return read(model.destinations.discovery.sliceFindings, kubeKey(ref)) ?? [];
    case 'Endpoints':
      return read(model.destinations.discovery.endpointsFindings, kubeKey(ref)) ?? [];
    default:
      return [];
  }
}

/** If a Destination resource replaces the discovered one, it has the findings. */
function serviceOfferFindings(read: Read, model: MeshModel, service: string): readonly Diagnostic[] {
  const { destinations } = model;
  const [key] = read(destinations.byService, service) ?? [];
  const isDiscovered = key !== undefined && read(destinations.discovery.destinations, key) !== undefined;
  return isDiscovered ? offerFindings(read, model, key) : [];
}

/** The ports and hosts of a destination that clients cannot reach. */
function offerFindings(read: Read, { portFindings, hostFindings }: MeshModel, key: string): readonly Diagnostic[] {
  return [portFindings, hostFindings].flatMap((table) => read(table, key) ?? []);
}

function failoverFindings(
  read: Read,
  { failovers, failoverWarnings, protocolMismatches, ruleFindings }: MeshModel,
  key: string,
): readonly Diagnostic[] {
  return [failovers.findings, failoverWarnings, protocolMismatches, ruleFindings.ofFailovers].flatMap(
    (table) => read(table, key) ?? [],
  );
}

function trafficPolicyFindings(read: Read, model: MeshModel, key: string): readonly Diagnostic[] {
  const policy = read(model.inputs.trafficPolicies, key);
  if (policy === undefined) return [];
  const own = [
    ...(read(model.trafficPolicies.findings, key) ?? []),
    ...(read(model.trafficPolicies.warnings, key) ?? []),
  ];
  const ejection = read(model.ejection.findings, key) ?? [];
  const targets = targetsOf(read, model, key);
  const hidden = hiddenRouteFindings(
    policy.ref,
    key,
    targets.map(({ accepted }) => accepted),
  );
  const shifted = read(model.shiftRuleFindings, key) ?? [];
  return [...own, ...shifted, ...ejection, ...conflictFindings(policy, key, targets), ...hidden];
}

/** The destinations that a TrafficPolicy selects, with all policies on them. */
export function targetsOf(read: Read, { trafficPolicies }: MeshModel, policy: string): readonly TargetPolicies[] {
  return (read(trafficPolicies.selected, policy) ?? []).map((destination) => ({
    destination,
    ...(read(trafficPolicies.onDestination, destination) ?? { accepted: [], conflicts: [] }),
  }));
}
