/** All documents, with the result of decoding them. Only decoded resources reach the model. */
import type { Decode } from '../../api/decode.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import {
  type RawResource,
  type Resource,
  type ResourceRef,
  type ResourceKey,
  resourceKey,
} from '../../api/resource.js';
import type { Transaction } from '../../graph/index.js';
import { inputRow } from '../../kinds/registry.js';
import type { MeshInputs } from '../../mesh/tables.js';

export interface InventoryItem {
  readonly ref: ResourceRef;
  readonly raw: RawResource;
  /** The decoded resource; without `spec` if decoding failed. */
  readonly resource: Resource<unknown>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Inventory {
  readonly items: ReadonlyMap<ResourceKey, InventoryItem>;
  /** Stores a document and returns its key. If it cannot be decoded, the model keeps the earlier version. */
  put(transaction: Transaction, raw: RawResource): ResourceKey;
  /** Returns the key. */
  remove(transaction: Transaction, ref: ResourceRef): ResourceKey;
}

/** Told of what the model gets. */
export interface InventoryObserver {
  readonly put: (resource: Resource<unknown>) => void;
  readonly remove: (ref: ResourceRef) => void;
}

export function createInventory(inputs: MeshInputs, decode: Decode, observer?: InventoryObserver): Inventory {
  const items = new Map<ResourceKey, InventoryItem>();
  /** The Workspaces with a version in the model. */
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
      inputRow(inputs, inForce.ref)?.stage(transaction, inForce);
      observer?.put(inForce);
      return key;
    },
    remove: (transaction, ref) => {
      const key = resourceKey(ref);
      items.delete(key);
      workspaces.delete(key);
      inputRow(inputs, ref)?.stage(transaction, undefined);
      observer?.remove(ref);
      return key;
    },
  };
}

/**
 * The resource for the model, if any. A Workspace that cannot be decoded is included, because without any Workspace everything would be in
 * one workspace.
 */
function readable(resource: Resource<unknown>, known: boolean): Resource<unknown> | undefined {
  if (resource.spec !== undefined) return resource;
  return resource.ref.kind === 'Workspace' && !known ? { ...resource, spec: {} } : undefined;
}

/** For an unknown kind: the reference in the document. */
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
