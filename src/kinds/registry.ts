/**
 * Every kind in one list: what is done with its resources beside decoding them. A kind of `proto/kinds.json` without an entry does not
 * compile.
 */
import type { Diagnostic } from '../api/diagnostic.js';
import { type KindName, isKindName } from '../api/kinds.js';
import { type ResourceKey, type ResourceRef, parseResourceKey } from '../api/resource.js';
import type { Graph, Read, Table } from '../graph/index.js';
import type { TargetKey } from '../mesh/model/target-key.js';
import type { MeshInputs, MeshModel } from '../mesh/tables.js';
import type { Status } from '../status/approval.js';
import { plainStatus } from '../status/plain.js';
import { withRejections } from '../status/rejections.js';
import type { StatusSubject } from '../status/subject.js';
import { destination } from './destination.js';
import { failoverService, virtualDestination } from './failover.js';
import type { InputRow } from './input-row.js';
import type { Kind } from './kind.js';
import { endpointSlice, endpoints, namespace, node, pod, service } from './kubernetes.js';
import { mesh, virtualMesh } from './mesh.js';
import { failoverPolicy, outlierDetectionPolicy, retryTimeoutPolicy } from './resilience-policies.js';
import { trafficPolicy } from './traffic-policy.js';
import { workload } from './workload.js';
import { workspace } from './workspace.js';

export const KINDS: Readonly<Record<KindName, Kind>> = {
  Mesh: mesh,
  VirtualMesh: virtualMesh,
  Destination: destination,
  TrafficPolicy: trafficPolicy,
  FailoverService: failoverService,
  VirtualDestination: virtualDestination,
  FailoverPolicy: failoverPolicy,
  OutlierDetectionPolicy: outlierDetectionPolicy,
  RetryTimeoutPolicy: retryTimeoutPolicy,
  Workspace: workspace,
  Workload: workload,
  Service: service,
  EndpointSlice: endpointSlice,
  Endpoints: endpoints,
  Node: node,
  Pod: pod,
  Namespace: namespace,
};

/** `undefined` for kinds that are not read. */
function kindOf({ kind }: ResourceRef): Kind | undefined {
  return isKindName(kind) ? KINDS[kind] : undefined;
}

/** The place of a resource in the model; `undefined` for kinds on which nothing depends. */
export function inputRow(inputs: MeshInputs, ref: ResourceRef): InputRow | undefined {
  return kindOf(ref)?.input?.(inputs, ref);
}

/** The findings of the model about a resource, without those of decoding; no row if there are none. */
export type FindingTable = Table<ResourceKey, readonly Diagnostic[]>;

/** One row for each observed resource. */
export function declareFindings(graph: Graph, model: MeshModel): FindingTable {
  return graph.derive<ResourceKey, readonly Diagnostic[]>('findings', (read, key) => {
    const ref = parseResourceKey(key);
    const findings = kindOf(ref)?.findings(read, model, ref) ?? [];
    return findings.length === 0 ? undefined : findings;
  });
}

/** The status of any resource, from the rows of the model. */
export function statusOf(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  const status = kindOf(subject.resource.ref)?.status ?? plainStatus;
  return withRejections(status(graph, model, subject), subject.rejections ?? []);
}

/** The destinations whose Envoy configuration contains the resource. `undefined`: no configuration contains resources of its kind. */
export function targetsOf(read: Read, model: MeshModel, ref: ResourceRef): readonly TargetKey[] | undefined {
  return kindOf(ref)?.targets?.(read, model, ref);
}

/** Whether Envoy's messages contain values of this resource. */
export function isInMessages(ref: ResourceRef): boolean {
  return kindOf(ref)?.isInMessages ?? true;
}
