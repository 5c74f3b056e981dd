/** Meshes, and the VirtualMeshes that group them. They determine whose services a client sees. */
import type { Resource } from '../../../api/resource.js';
import type { MeshSpec, VirtualMeshSpec } from '../../../generated/resources.js';
import {
  type Graph,
  type Input,
  type KeyedTable,
  type PlainKey,
  type Read,
  type Single,
  type Table,
  SINGLE,
} from '../../../graph/index.js';
import { type MeshKey, type VirtualMeshKey, NO_MESH, meshKey } from '../../model/object-key.js';

export interface Mesh {
  readonly key: MeshKey;
  /** The clusters whose Envoys belong to the mesh: the cluster in which it is installed, or the clusters of an App Mesh. */
  readonly clusters: readonly string[];
}

export interface VirtualMesh {
  readonly key: VirtualMeshKey;
  readonly meshes: readonly MeshKey[];
  /** Empty for none. */
  readonly hostnameSuffix: string;
}

export interface MeshTables {
  readonly meshes: KeyedTable<MeshKey, Mesh>;
  readonly all: Table<Single, readonly MeshKey[]>;
  /** By cluster name. */
  readonly byCluster: Table<PlainKey, readonly MeshKey[]>;
  readonly virtualMeshes: KeyedTable<VirtualMeshKey, VirtualMesh>;
  /** The VirtualMeshes that contain a mesh. */
  readonly virtualMeshesOf: Table<MeshKey, readonly VirtualMeshKey[]>;
}

export function declareMeshes(
  graph: Graph,
  meshInput: Input<MeshKey, Resource<MeshSpec>>,
  virtualMeshInput: Input<VirtualMeshKey, Resource<VirtualMeshSpec>>,
): MeshTables {
  const meshes = graph.map<MeshKey, Resource<MeshSpec>, Mesh>('meshes', meshInput, ({ spec }, _read, key) => ({
    key,
    clusters: clustersOf(spec ?? {}),
  }));
  const virtualMeshes = graph.map<VirtualMeshKey, Resource<VirtualMeshSpec>, VirtualMesh>(
    'virtualMeshes',
    virtualMeshInput,
    ({ spec }, _read, key) => ({
      key,
      meshes: (spec?.meshes ?? []).map(({ name = '', namespace = '' }) => meshKey({ name, namespace })),
      hostnameSuffix: spec?.federation?.hostnameSuffix ?? '',
    }),
  );
  return {
    meshes,
    all: graph.index('allMeshes', meshes, () => [SINGLE]),
    byCluster: graph.index<MeshKey, Mesh, PlainKey>('meshesByCluster', meshes, ({ clusters }) => clusters),
    virtualMeshes,
    virtualMeshesOf: graph.index('virtualMeshesOf', virtualMeshes, (row) => row.meshes),
  };
}

/** The meshes whose services a client of this mesh sees: its own mesh, and those that a VirtualMesh groups with it. */
export function visibleMeshes(read: Read, tables: MeshTables, mesh: MeshKey): readonly MeshKey[] {
  const grouped = (read(tables.virtualMeshesOf, mesh) ?? []).flatMap(
    (key) => read(tables.virtualMeshes, key)?.meshes ?? [],
  );
  return [...new Set([mesh, ...grouped])].sort();
}

/**
 * The meshes whose services a client of this mesh sees, and `NO_MESH` for services without a mesh. `undefined`: all services, because there
 * are no meshes.
 */
export function meshesSeenFrom(read: Read, tables: MeshTables, mesh: MeshKey): readonly MeshKey[] | undefined {
  if (!hasMeshes(read, tables)) return undefined;
  return [NO_MESH, ...(mesh === NO_MESH ? [] : visibleMeshes(read, tables, mesh))];
}

/** Meshes restrict visibility only if at least one Mesh resource exists. */
export function hasMeshes(read: Read, tables: MeshTables): boolean {
  return (read(tables.all, SINGLE)?.length ?? 0) > 0;
}

/**
 * The `installation` of a mesh names its cluster, for all types except App Mesh. AWS runs an App Mesh itself, so the spec lists the
 * clusters.
 */
function clustersOf({ awsAppMesh, ...types }: MeshSpec): readonly string[] {
  for (const type of Object.values(types) as unknown[]) {
    if (typeof type !== 'object' || type === null || !('installation' in type)) continue;
    const { installation } = type;
    if (typeof installation !== 'object' || installation === null || !('cluster' in installation)) continue;
    if (typeof installation.cluster === 'string') return [installation.cluster];
  }
  return awsAppMesh?.clusters ?? [];
}

/** Whether some client sees the services of both meshes. */
export function meshesMeet(read: Read, tables: MeshTables, a: MeshKey, b: MeshKey): boolean {
  return (
    a === b || a === NO_MESH || b === NO_MESH || !hasMeshes(read, tables) || visibleMeshes(read, tables, a).includes(b)
  );
}
