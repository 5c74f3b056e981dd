/** Meshes and how VirtualMeshes group them: who sees whom. */
import type { Resource } from '../../api/resource.js';
import type { MeshSpec, VirtualMeshSpec } from '../../generated/resources.js';
import type { Graph, Input, KeyedTable, Read, Table } from '../../graph/index.js';
import { objectKey } from '../model/model.js';

export interface Mesh {
  readonly key: string;
  /** The clusters whose Envoys belong to it: the one that it is installed in, or those of an App Mesh. */
  readonly clusters: readonly string[];
}

export interface VirtualMesh {
  readonly key: string;
  readonly meshes: readonly string[];
  /** Empty for none. */
  readonly hostnameSuffix: string;
}

export interface MeshTables {
  /** By `objectKey`. */
  readonly meshes: KeyedTable<string, Mesh>;
  /** All meshes, in the group `''`. */
  readonly all: Table<string, readonly string[]>;
  readonly byCluster: Table<string, readonly string[]>;
  /** By `objectKey`. */
  readonly virtualMeshes: KeyedTable<string, VirtualMesh>;
  /** Keys of VirtualMeshes by the key of a mesh in them. */
  readonly virtualMeshesOf: Table<string, readonly string[]>;
}

export function declareMeshes(
  graph: Graph,
  meshInput: Input<string, Resource<MeshSpec>>,
  virtualMeshInput: Input<string, Resource<VirtualMeshSpec>>,
): MeshTables {
  const meshes = graph.map<string, Resource<MeshSpec>, Mesh>('meshes', meshInput, ({ spec }, _read, key) => ({
    key,
    clusters: clustersOf(spec ?? {}),
  }));
  const virtualMeshes = graph.map<string, Resource<VirtualMeshSpec>, VirtualMesh>(
    'virtualMeshes',
    virtualMeshInput,
    ({ spec }, _read, key) => ({
      key,
      meshes: (spec?.meshes ?? []).map(({ name = '', namespace = '' }) => objectKey({ name, namespace })),
      hostnameSuffix: spec?.federation?.hostnameSuffix ?? '',
    }),
  );
  return {
    meshes,
    all: graph.index('allMeshes', meshes, () => ['']),
    byCluster: graph.index('meshesByCluster', meshes, ({ clusters }) => clusters),
    virtualMeshes,
    virtualMeshesOf: graph.index('virtualMeshesOf', virtualMeshes, (row) => row.meshes),
  };
}

/** Every mesh whose services a client of this mesh sees: its own, and those that a VirtualMesh groups with it. */
export function visibleMeshes(read: Read, tables: MeshTables, mesh: string): readonly string[] {
  const grouped = (read(tables.virtualMeshesOf, mesh) ?? []).flatMap(
    (key) => read(tables.virtualMeshes, key)?.meshes ?? [],
  );
  return [...new Set([mesh, ...grouped])].sort();
}

/** The meshes whose services a client of this mesh sees, `''` for services of none; `undefined`: all, for there are no meshes. */
export function meshesSeenFrom(read: Read, tables: MeshTables, mesh: string): readonly string[] | undefined {
  if (!hasMeshes(read, tables)) return undefined;
  return ['', ...(mesh === '' ? [] : visibleMeshes(read, tables, mesh))];
}

/** Where no Mesh resource exists, meshes play no part. */
export function hasMeshes(read: Read, tables: MeshTables): boolean {
  return (read(tables.all, '')?.length ?? 0) > 0;
}

/** Whatever the mesh's kind, its installation says which cluster it runs in; AWS runs an App Mesh itself. */
function clustersOf({ awsAppMesh, ...types }: MeshSpec): readonly string[] {
  for (const type of Object.values(types) as unknown[]) {
    if (typeof type !== 'object' || type === null || !('installation' in type)) continue;
    const { installation } = type;
    if (typeof installation !== 'object' || installation === null || !('cluster' in installation)) continue;
    if (typeof installation.cluster === 'string') return [installation.cluster];
  }
  return awsAppMesh?.clusters ?? [];
}

/** Whether some client sees what is in both meshes. */
export function meshesMeet(read: Read, tables: MeshTables, a: string, b: string): boolean {
  return a === b || a === '' || b === '' || !hasMeshes(read, tables) || visibleMeshes(read, tables, a).includes(b);
}
