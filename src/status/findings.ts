/** The findings of the model about a resource. Findings of decoding are not among them. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type KindName, isKindName } from '../api/kinds.js';
import { type ResourceRef, type ResourceKey, parseResourceKey } from '../api/resource.js';
import type { Graph, Read, Table } from '../graph/index.js';
import { hiddenRouteFindings } from '../mesh/offers/route-findings.js';
import type { MeshModel } from '../mesh/tables.js';
import { type TargetPolicies, conflictFindings } from './traffic-policy.js';
import {
  type DestinationKey,
  type TrafficPolicyKey,
  virtualMeshKey,
  destinationKey,
  trafficPolicyKey,
  failoverPolicyKey,
  outlierDetectionPolicyKey,
  retryTimeoutPolicyKey,
  workspaceKey,
} from '../mesh/model/object-key.js';
import { type ServiceKey, serviceKey, endpointSliceKey } from '../mesh/model/kube-key.js';
import { type FailoverKey, failoverKey } from '../mesh/model/failover-key.js';

/** The findings of the model about a resource; no row if there are none. */
export type FindingTable = Table<ResourceKey, readonly Diagnostic[]>;

/** One row for each observed resource. */
export function declareFindings(graph: Graph, model: MeshModel): FindingTable {
  return graph.derive<ResourceKey, readonly Diagnostic[]>('findings', (read, key) => {
    const findings = modelFindings(read, model, parseResourceKey(key));
    return findings.length === 0 ? undefined : findings;
  });
}

type FindingsOf = (read: Read, model: MeshModel, ref: ResourceRef) => readonly Diagnostic[];

/** What the model finds about a resource of each kind. */
const FINDINGS_OF_KIND: Readonly<Record<KindName, FindingsOf>> = {
  Mesh: () => [],
  VirtualMesh: (read, model, ref) => read(model.virtualMeshFindings, virtualMeshKey(ref)) ?? [],
  Destination: (read, model, ref) => destinationFindings(read, model, destinationKey(ref)),
  TrafficPolicy: (read, model, ref) => trafficPolicyFindings(read, model, trafficPolicyKey(ref)),
  FailoverService: (read, model, ref) => failoverFindings(read, model, failoverKey(ref)),
  VirtualDestination: (read, model, ref) => failoverFindings(read, model, failoverKey(ref)),
  FailoverPolicy: (read, { virtualDestinationPolicies, ruleFindings }, ref) =>
    collect(read, failoverPolicyKey(ref), [
      virtualDestinationPolicies.failoverPolicies.findings,
      ruleFindings.ofPolicies,
      ...virtualDestinationPolicies.warnings.FailoverPolicy,
    ]),
  OutlierDetectionPolicy: (read, { virtualDestinationPolicies, ejection }, ref) =>
    collect(read, outlierDetectionPolicyKey(ref), [
      virtualDestinationPolicies.outlierDetectionPolicies.findings,
      ejection.outlierDetectionPolicies,
      ...virtualDestinationPolicies.warnings.OutlierDetectionPolicy,
    ]),
  RetryTimeoutPolicy: (read, { virtualDestinationPolicies }, ref) =>
    collect(read, retryTimeoutPolicyKey(ref), [
      virtualDestinationPolicies.retryTimeoutPolicies.findings,
      ...virtualDestinationPolicies.warnings.RetryTimeoutPolicy,
    ]),
  Workspace: (read, { virtualDestinationPolicies }, ref) =>
    read(virtualDestinationPolicies.workspaces.findings, workspaceKey(ref)) ?? [],
  Service: (read, model, ref) => serviceFindings(read, model, serviceKey(ref)),
  EndpointSlice: (read, { destinations }, ref) =>
    read(destinations.discovery.sliceFindings, endpointSliceKey(ref)) ?? [],
  Endpoints: (read, { destinations }, ref) => read(destinations.discovery.endpointsFindings, serviceKey(ref)) ?? [],
  Node: () => [],
  Pod: () => [],
  Namespace: () => [],
  Workload: () => [],
};

function modelFindings(read: Read, model: MeshModel, ref: ResourceRef): readonly Diagnostic[] {
  return isKindName(ref.kind) ? FINDINGS_OF_KIND[ref.kind](read, model, ref) : [];
}

/** What several tables have about one resource, in their order. */
function collect<K extends string>(
  read: Read,
  key: NoInfer<K>,
  tables: readonly Table<K, readonly Diagnostic[]>[],
): readonly Diagnostic[] {
  return tables.flatMap((table) => read(table, key) ?? []);
}

function destinationFindings(read: Read, model: MeshModel, key: DestinationKey): readonly Diagnostic[] {
  return [...(read(model.destinations.findings, key) ?? []), ...offerFindings(read, model, key)];
}

function serviceFindings(read: Read, model: MeshModel, key: ServiceKey): readonly Diagnostic[] {
  const own = read(model.destinations.discovery.serviceFindings, key) ?? [];
  return [...own, ...serviceOfferFindings(read, model, key)];
}

/** If a Destination resource replaces the discovered one, it has the findings. */
function serviceOfferFindings(read: Read, model: MeshModel, service: ServiceKey): readonly Diagnostic[] {
  const { destinations } = model;
  const [key] = read(destinations.byService, service) ?? [];
  const isDiscovered = key !== undefined && read(destinations.discovery.destinations, key) !== undefined;
  return isDiscovered ? offerFindings(read, model, key) : [];
}

/** The ports and hosts of a destination that clients cannot reach. */
function offerFindings(
  read: Read,
  { portFindings, hostFindings }: MeshModel,
  key: DestinationKey,
): readonly Diagnostic[] {
  return collect(read, key, [portFindings, hostFindings]);
}

function failoverFindings(
  read: Read,
  { failovers, failoverWarnings, protocolMismatches, ruleFindings }: MeshModel,
  key: FailoverKey,
): readonly Diagnostic[] {
  return collect(read, key, [failovers.findings, failoverWarnings, protocolMismatches, ruleFindings.ofFailovers]);
}

function trafficPolicyFindings(read: Read, model: MeshModel, key: TrafficPolicyKey): readonly Diagnostic[] {
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
export function targetsOf(
  read: Read,
  { trafficPolicies }: MeshModel,
  policy: TrafficPolicyKey,
): readonly TargetPolicies[] {
  return (read(trafficPolicies.selected, policy) ?? []).map((destination) => ({
    destination,
    ...(read(trafficPolicies.onDestination, destination) ?? { accepted: [], conflicts: [] }),
  }));
}
