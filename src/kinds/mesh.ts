import { meshKey, virtualMeshKey } from '../mesh/model/object-key.js';
import { plainStatus, plainStatusWithWarnings } from '../status/plain.js';
import { inputRowOf } from './input-row.js';
import type { Kind } from './kind.js';

export const mesh: Kind = {
  input: ({ meshes }, ref) => inputRowOf(meshes, meshKey(ref)),
  findings: () => [],
  status: plainStatus,
  isInMessages: false,
};

export const virtualMesh: Kind = {
  input: ({ virtualMeshes }, ref) => inputRowOf(virtualMeshes, virtualMeshKey(ref)),
  findings: (read, model, ref) => read(model.virtualMeshFindings, virtualMeshKey(ref)) ?? [],
  status: plainStatusWithWarnings,
  isInMessages: false,
};
