/** The status of a FailoverService or VirtualDestination, for each mesh that it is visible to. */
import type { FailoverResource } from '../mesh/model/failover-spec.js';
import { toFailoverSpec } from '../mesh/model/failover-spec.js';
import { type Status, approval, observedGeneration, statusKey } from './approval.js';
import { type MeshKey, meshKey } from '../mesh/model/object-key.js';

/** `virtualMeshMeshes`: the meshes of the VirtualMesh that the resource names, */
export function failoverStatus(
  resource: FailoverResource,
  virtualMeshMeshes: readonly MeshKey[],
  errors: readonly string[],
): Status {
  const named = toFailoverSpec(resource).meshes.map(({ value }) => meshKey(value));
  const meshes = [...new Set([...named, ...virtualMeshMeshes])].sort();
  const { state } = approval(errors);
  return {
    ...(errors.length > 0 && { errors }),
    ...(meshes.length > 0 && { meshes: Object.fromEntries(meshes.map((mesh) => [statusKey(mesh), approval(errors)])) }),
    observedGeneration: observedGeneration(resource.apiVersion, resource.generation),
    state,
  };
}
