/** Findings about references to meshes that do not exist. No client sees the services of such a mesh, and a VirtualMesh ignores it. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../../api/resource.js';
import { didYouMean, suggest } from '../../../api/suggest.js';
import type { ObjectRef, VirtualMeshSpec } from '../../../generated/resources.js';
import { type Graph, type Input, type Read, type Table, SINGLE } from '../../../graph/index.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import { type VirtualMeshKey, meshKey } from '../../model/object-key.js';
import type { MeshTables } from './meshes.js';

export function declareVirtualMeshFindings(
  graph: Graph,
  input: Input<VirtualMeshKey, Resource<VirtualMeshSpec>>,
  tables: MeshTables,
): Table<VirtualMeshKey, readonly Diagnostic[]> {
  return graph.map<VirtualMeshKey, Resource<VirtualMeshSpec>, readonly Diagnostic[]>(
    'virtualMeshFindings',
    input,
    ({ ref, spec }, read) => {
      const findings = collectFindings(ref);
      (spec?.meshes ?? []).forEach((mesh, i) => {
        checkMesh(findings, read, tables, { mesh, path: ['spec', 'meshes', i], effect: 'the VirtualMesh ignores it' });
      });
      return findings.all;
    },
  );
}

interface MeshReference {
  readonly mesh: ObjectRef;
  readonly path: FieldPath;
  /** The consequence, as a clause of the message. */
  readonly effect: string;
}

export function checkMesh(
  findings: Findings,
  read: Read,
  tables: MeshTables,
  { mesh: { name = '', namespace = '' }, path, effect }: MeshReference,
): void {
  const key = meshKey({ name, namespace });
  if (read(tables.meshes, key) !== undefined) return;
  const hint = didYouMean(suggest(key, read(tables.all, SINGLE) ?? []));
  findings.warning('MeshNotFound', path, `Mesh ${key} not found in discovery resources: ${effect}.${hint}`);
}
