/** The status of any resource, from the rows of the model. Writes nothing; who shows or stores a status asks here. */
import type { Diagnostic } from '../api/diagnostic.js';
import { type KindName, isKindName } from '../api/kinds.js';
import type { RawResource, Resource } from '../api/resource.js';
import type { TrafficPolicySpec } from '../generated/resources.js';
import { type Graph, SINGLE } from '../graph/index.js';
import { findBackends } from '../mesh/failovers/backends.js';
import { type FailoverResource, toFailoverSpec } from '../mesh/model/failover-spec.js';
import type { Destination } from '../mesh/model/model.js';
import type { MeshModel } from '../mesh/tables.js';
import { membershipIn } from '../mesh/model/workspaces.js';
import { type Status, approval, observedGeneration } from './approval.js';
import { failoverStatus } from './failover.js';
import { targetsOf } from './findings.js';
import { errorsOf, warningsOf } from './message.js';
import { withRefusals } from './refusals.js';
import { type SelectedPort, failoverPolicyReport, policyStatus } from './resilience-policy.js';
import { conflictFindings, trafficPolicyStatus } from './traffic-policy.js';
import { selectedDestinations, withCommon } from './virtual-destination.js';
import { workspaceStatus } from './workspace.js';
import { type MeshKey, virtualMeshKey, trafficPolicyKey, failoverPolicyKey } from '../mesh/model/object-key.js';
import { isFailover, targetPortKey } from '../mesh/model/target-key.js';

/** The newest version of a resource. */
export interface StatusSubject {
  readonly resource: Resource<unknown>;
  /** The findings of decoding. A version with errors does not reach the model. */
  readonly decoding: readonly Diagnostic[];
  readonly raw: RawResource;
  /** The findings of the model; see `declareFindings`. */
  readonly findings: readonly Diagnostic[];
  /** Sentences about NACKs that it caused; see `refusalsByResource`. */
  readonly refusals?: readonly string[];
}

export function statusOf(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  return withRefusals(ownStatus(graph, model, subject), subject.refusals ?? []);
}

function ownStatus(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  const { kind } = subject.resource.ref;
  return (isKindName(kind) ? STATUS_OF_KIND[kind] : plainStatus)(graph, model, subject);
}

type StatusOf = (graph: Graph, model: MeshModel, subject: StatusSubject) => Status;

const plainStatus: StatusOf = (_graph, _model, subject) => plain(subject);

const STATUS_OF_KIND: Readonly<Record<KindName, StatusOf>> = {
  Mesh: plainStatus,
  VirtualMesh: plainStatus,
  Destination: plainStatus,
  TrafficPolicy: trafficPolicy,
  FailoverService: failover,
  VirtualDestination: failover,
  FailoverPolicy: resiliencePolicy,
  OutlierDetectionPolicy: resiliencePolicy,
  RetryTimeoutPolicy: resiliencePolicy,
  Workspace: (graph, model, subject) => workspaceStatus(graph, model, subject.resource.ref.name, plain(subject)),
  Service: plainStatus,
  EndpointSlice: plainStatus,
  Endpoints: plainStatus,
  Node: plainStatus,
  Pod: plainStatus,
  Namespace: plainStatus,
  Workload: plainStatus,
};

function plain(subject: StatusSubject): Status {
  const { resource, decoding, findings, raw } = subject;
  const errors = allErrors(subject);
  const warnings = warningsOf([...decoding, ...findings], raw);
  return {
    ...(errors.length > 0 && { errors }),
    observedGeneration: observedGeneration(resource.apiVersion, resource.generation),
    state: approval(errors).state,
    ...(warnings.length > 0 && isPolicy(resource) && { warnings }),
  };
}

/** Kinds whose status also has warnings. */
function isPolicy({ ref: { kind } }: Resource<unknown>): boolean {
  return kind === 'Workspace' || kind === 'VirtualMesh';
}

/** The errors of decoding, or else those of the model. */
function allErrors({ decoding, findings, raw }: StatusSubject): readonly string[] {
  const errors = errorsOf(decoding, raw);
  return errors.length > 0 ? errors : errorsOf(findings.filter(invalidates), raw);
}

/** `NothingReachable` depends on the endpoints and does not make a resource invalid. */
function invalidates({ code }: Diagnostic): boolean {
  return code !== 'NothingReachable';
}

function failover(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  const resource = subject.resource as FailoverResource;
  const status = failoverStatus(resource, exportedTo(graph, model, resource), allErrors(subject));
  if (resource.ref.kind === 'FailoverService') return status;
  const selected = selectedDestinations(destinationsBehind(graph, model, resource));
  return withCommon(resource, { ...status, ...(selected.length > 0 && { selectedDestinations: selected }) });
}

/** The meshes of the VirtualMesh that the resource names. A VirtualDestination without meshes is exported to all. */
function exportedTo(graph: Graph, { meshes }: MeshModel, resource: FailoverResource): readonly MeshKey[] {
  const { virtualMesh, meshes: named } = toFailoverSpec(resource);
  if (virtualMesh) return graph.read(meshes.virtualMeshes, virtualMeshKey(virtualMesh.value))?.meshes ?? [];
  return resource.ref.kind === 'VirtualDestination' && named.length === 0 ? (graph.read(meshes.all, SINGLE) ?? []) : [];
}

function destinationsBehind(
  graph: Graph,
  { virtualDestinationPolicies }: MeshModel,
  resource: FailoverResource,
): readonly Destination[] {
  const read = graph.read.bind(graph);
  return findBackends(read, toFailoverSpec(resource), virtualDestinationPolicies.targets).flatMap(
    ({ destination }) => destination ?? [],
  );
}

function trafficPolicy(graph: Graph, model: MeshModel, { resource, decoding, findings, raw }: StatusSubject): Status {
  const policy = resource as Resource<TrafficPolicySpec>;
  const key = trafficPolicyKey(policy.ref);
  const targets = targetsOf(graph.read.bind(graph), model, key);
  const own = graph.read(model.trafficPolicies.findings, key) ?? [];
  const errors = errorsOf(decoding, raw);
  const conflicts = errorsOf(conflictFindings(policy, key, targets), raw);
  const status = trafficPolicyStatus(policy, key, targets, errors.length > 0 ? errors : errorsOf(own, raw), conflicts);
  const warnings = warningsOf(findings, raw);
  return { ...status, ...(warnings.length > 0 && { warnings }) };
}

function resiliencePolicy(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  const { findings, resource, raw } = subject;
  const warnings = [
    ...warningsOf(findings, raw),
    ...errorsOf(
      findings.filter((finding) => !invalidates(finding)),
      raw,
    ),
  ];
  const status = policyStatus(resource, allErrors(subject), warnings);
  if (resource.ref.kind !== 'FailoverPolicy') return status;
  const { failoverPolicies, outlierDetectionPolicies, workspaces } = model.virtualDestinationPolicies;
  const targets = (graph.read(failoverPolicies.selected, failoverPolicyKey(resource.ref)) ?? []).flatMap(
    ({ target, ports }) => {
      const failover = isFailover(target) ? graph.read(model.failovers.failovers, target) : undefined;
      const numbers = (failover?.ports ?? [])
        .map(({ number }) => number)
        .filter((number) => ports?.includes(number) ?? true);
      return numbers.flatMap((port): readonly SelectedPort[] => {
        const [policy] = outlierDetectionPolicies.onPort(graph.read.bind(graph), targetPortKey(target, port));
        const outlierDetectionPolicy = policy && { name: policy.ref.name, namespace: policy.ref.namespace };
        return failover === undefined
          ? []
          : [{ failover, port, ...(outlierDetectionPolicy && { outlierDetectionPolicy }) }];
      });
    },
  );
  const workspace = membershipIn(graph.read.bind(graph), workspaces.memberships, resource)?.workspace ?? '';
  return { ...status, ...failoverPolicyReport(workspace, resource, status['state'], targets) };
}
