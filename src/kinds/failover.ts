/** The two kinds of failover destinations: FailoverService and VirtualDestination. */
import { type Graph, SINGLE } from '../graph/index.js';
import { findBackends } from '../mesh/failovers/backends.js';
import { failoverKey } from '../mesh/model/failover-key.js';
import { type FailoverResource, toFailoverSpec } from '../mesh/model/failover-spec.js';
import type { Destination } from '../mesh/model/model.js';
import { type MeshKey, virtualMeshKey } from '../mesh/model/object-key.js';
import type { MeshModel } from '../mesh/tables.js';
import type { Status } from '../status/approval.js';
import { failoverStatus } from '../status/failover.js';
import { allErrors } from '../status/plain.js';
import type { StatusSubject } from '../status/subject.js';
import { selectedDestinations, withCommon } from '../status/virtual-destination.js';
import { inputRowOf } from './input-row.js';
import { type Kind, collect } from './kind.js';

const failover: Omit<Kind, 'status'> = {
  input: ({ failovers }, ref) => inputRowOf(failovers, failoverKey(ref)),
  findings: (read, { failovers, failoverWarnings, protocolMismatches, ruleFindings }, ref) =>
    collect(read, failoverKey(ref), [
      failovers.findings,
      failoverWarnings,
      protocolMismatches,
      ruleFindings.ofFailovers,
    ]),
  targets: (_read, _model, ref) => [failoverKey(ref)],
  isInMessages: true,
};

export const failoverService: Kind = { ...failover, status: commonStatus };

export const virtualDestination: Kind = {
  ...failover,
  status: (graph, model, subject) => {
    const resource = subject.resource as FailoverResource;
    const selected = selectedDestinations(destinationsBehind(graph, model, resource));
    return withCommon(resource, {
      ...commonStatus(graph, model, subject),
      ...(selected.length > 0 && { selectedDestinations: selected }),
    });
  },
};

function commonStatus(graph: Graph, model: MeshModel, subject: StatusSubject): Status {
  const resource = subject.resource as FailoverResource;
  return failoverStatus(resource, exportedTo(graph, model, resource), allErrors(subject));
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
