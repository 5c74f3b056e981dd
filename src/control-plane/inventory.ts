/** Every document as it was read last, with what decoding made of it. The model gets only what could be decoded. */
import { decode } from '../api/decode.js';
import type { Diagnostic } from '../api/diagnostic.js';
import { type RawResource, type Resource, type ResourceRef, resourceKey } from '../api/resource.js';
import type { Transaction } from '../graph/index.js';
import { objectKey } from '../mesh/model.js';
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
  /** Takes in a document. If it cannot be decoded, the model keeps the version that it has. */
  put(transaction: Transaction, raw: RawResource): void;
  remove(transaction: Transaction, ref: ResourceRef): void;
}

export function createInventory(inputs: MeshInputs): Inventory {
  const items = new Map<string, InventoryItem>();
  return {
    items,
    put: (transaction, raw) => {
      const { ref, resource, diagnostics } = decode(raw);
      items.set(resourceKey(ref), { ref, raw, resource: resource ?? withoutSpec(ref, raw), diagnostics });
      if (resource !== undefined) setInput(transaction, inputs, resource);
    },
    remove: (transaction, ref) => {
      items.delete(resourceKey(ref));
      deleteInput(transaction, inputs, ref);
    },
  };
}

function withoutSpec(ref: ResourceRef, { apiVersion, metadata, generation, arrival }: RawResource): Resource<unknown> {
  return { ref, apiVersion, labels: metadata.labels, annotations: metadata.annotations, generation, arrival };
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
function inputOf(inputs: MeshInputs, ref: ResourceRef): { table: MeshInputs[keyof MeshInputs]; key: string } | undefined {
  switch (ref.kind) {
    case 'Mesh':
      return { table: inputs.meshes, key: objectKey(ref) };
    case 'VirtualMesh':
      return { table: inputs.virtualMeshes, key: objectKey(ref) };
    case 'Destination':
      return { table: inputs.destinations, key: objectKey(ref) };
    case 'TrafficPolicy':
      return { table: inputs.trafficPolicies, key: objectKey(ref) };
    case 'FailoverService':
    case 'VirtualDestination':
      return { table: inputs.failovers, key: resourceKey(ref) };
    default:
      return undefined;
  }
}
