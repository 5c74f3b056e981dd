/** The status of a FailoverService or VirtualDestination, for each mesh that it is visible to. */
import type { FailoverResource } from '../mesh/model/failover-spec.js';
import { toFailoverSpec } from '../mesh/model/failover-spec.js';
import { objectKey } from '../mesh/model/model.js';
import { type Status, approval, observedGeneration, statusKey } from './approval.js';

/** `virtualMeshMeshes`: the meshes of the VirtualMesh that the resource names, by `objectKey`. */
export function failoverStatus(
  resource: FailoverResource,
  virtualMeshMeshes: readonly string[],
  errors: readonly string[],
): Status {
  const named = toFailoverSpec(resource).meshes.map(({ value }) => objectKey(value));
  const meshes = [...new Set([...named, ...virtualMeshMeshes])].sort();
  const { state } = approval(errors);
  return {
    ...(errors.length > 0 && { errors }),
    ...(meshes.length > 0 && { meshes: Object.fromEntries(meshes.map((mesh) => [statusKey(mesh), approval(errors)])) }),
    observedGeneration: observedGeneration(resource.apiVersion, resource.generation),
    state,
  };
}
