/** Every document as it was read last by `resourceKey`, with what decoding made of it. The model gets only what could be decoded. */
import type { Decode } from '../api/decode.js';
import type { Diagnostic } from '../api/diagnostic.js';
import { type RawResource, type Resource, type ResourceRef, resourceKey } from '../api/resource.js';
import type { Transaction } from '../graph/index.js';
import { kubeKey } from '../mesh/discovery/discovery.js';
import { objectKey } from '../mesh/model/model.js';
import type { MeshInputs } from '../mesh/tables.js';

export interface InventoryItem {
  readonly ref: ResourceRef;
  readonly raw: RawResource;
  /** As decoded; of a version that cannot be, without `spec`. */
  readonly resource: Resource<unknown>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Inventory {
  readonly items: ReadonlyMap<string, InventoryItem>;
  /** Takes in a document and returns its key. If it cannot be decoded, the model keeps the version that it has. */
  put(transaction: Transaction, raw: RawResource): string;
  /** Returns the key. */
  remove(transaction: Transaction, ref: ResourceRef): string;
}

export function createInventory(inputs: MeshInputs, decode: Decode): Inventory {
  const items = new Map<string, InventoryItem>();
  /** Workspaces of which the model has a version. */
  const workspaces = new Set<string>();
  return {
    items,
    put: (transaction, raw) => {
      const { resource, diagnostics } = decode(raw);
      const item = { ref: refOf(raw, resource), raw, resource: resource ?? foreign(raw), diagnostics };
      const key = resourceKey(item.ref);
      items.set(key, item);
      const inForce = resource && readable(resource, workspaces.has(key));
      if (inForce === undefined) return key;
      if (inForce.ref.kind === 'Workspace') workspaces.add(key);
      setInput(transaction, inputs, inForce);
      return key;
    },
    remove: (transaction, ref) => {
      const key = resourceKey(ref);
      items.delete(key);
      workspaces.delete(key);
      deleteInput(transaction, inputs, ref);
      return key;
    },
  };
}

/**
 * What the model gets of a document, if anything. A Workspace that cannot be read bounds all the same: without any, everything would
 * be one workspace.
 */
function readable(resource: Resource<unknown>, known: boolean): Resource<unknown> | undefined {
  if (resource.spec !== undefined) return resource;
  return resource.ref.kind === 'Workspace' && !known ? { ...resource, spec: {} } : undefined;
}

/** Of a kind that is not read, what the document says. */
function refOf(
  { kind, metadata: { namespace, name } }: RawResource,
  resource: Resource<unknown> | undefined,
): ResourceRef {
  return resource?.ref ?? { kind, namespace, name };
}

function foreign(raw: RawResource): Resource<unknown> {
  const { apiVersion, metadata, generation, arrival } = raw;
  const { labels, annotations } = metadata;
  return { ref: refOf(raw, undefined), apiVersion, labels, annotations, generation, arrival };
}

/** Kinds on which nothing depends are kept for listing only. */
function setInput(transaction: Transaction, inputs: MeshInputs, resource: Resource<unknown>): void {
  const input = inputOf(inputs, resource.ref);
  if (input !== undefined) transaction.set(input.table, input.key, resource);
}

function deleteInput(transaction: Transaction, inputs: MeshInputs, ref: ResourceRef): void {
  const input = inputOf(inputs, ref);
  if (input !== undefined) transaction.delete(input.table, input.key);
}

/** The table of a kind, and the resource's key in it. The decoder vouches for the type of the row. */
function inputOf(
  inputs: MeshInputs,
  ref: ResourceRef,
): { table: MeshInputs[keyof MeshInputs]; key: string } | undefined {
  switch (ref.kind) {
    case 'Mesh':
      return { table: inputs.meshes, key: objectKey(ref) };
    case 'VirtualMesh':
      return { table: inputs.virtualMeshes, key: objectKey(ref) };
    case 'Destination':
      return { table: inputs.destinations, key: objectKey(ref) };
    case 'TrafficPolicy':
      return { table: inputs.trafficPolicies, key: objectKey(ref) };
    case 'FailoverPolicy':
      return { table: inputs.failoverPolicies, key: objectKey(ref) };
    case 'OutlierDetectionPolicy':
      return { table: inputs.outlierDetectionPolicies, key: objectKey(ref) };
    case 'RetryTimeoutPolicy':
      return { table: inputs.retryTimeoutPolicies, key: objectKey(ref) };
    case 'Workspace':
      return { table: inputs.workspaces, key: objectKey(ref) };
    case 'FailoverService':
    case 'VirtualDestination':
      return { table: inputs.failovers, key: resourceKey(ref) };
    case 'Service':
      return { table: inputs.services, key: kubeKey(ref) };
    case 'EndpointSlice':
      return { table: inputs.endpointSlices, key: kubeKey(ref) };
    case 'Endpoints':
      return { table: inputs.endpoints, key: kubeKey(ref) };
    case 'Node':
      return { table: inputs.nodes, key: kubeKey(ref) };
    case 'Pod':
      return { table: inputs.pods, key: kubeKey(ref) };
    case 'Namespace':
      return { table: inputs.namespaces, key: kubeKey(ref) };
    default:
      return undefined;
  }
}
