/** A provider that keeps its resources in memory: put and remove, per view. For programs that know all their resources. */
import type { Collection } from './collection.js';
import type { XdsNode } from './node.js';
import type { OpenCollection, ResourceProvider } from './provider.js';
import { type EncodedResource, type ResourceOptions, encodeResource } from './resource.js';

/** The view of every node, unless the store is told otherwise. */
export const DEFAULT_VIEW = 'default';

export interface ResourceStoreOptions {
  /** Which view a node sees. Default: all see `default`. */
  readonly viewOf?: (node: XdsNode, typeUrl: string) => string;
  /** The types to serve. Default: every type. */
  readonly types?: readonly string[];
}

export class ResourceStore implements ResourceProvider {
  readonly #options: ResourceStoreOptions;
  /** By type and view, by name. */
  readonly #resources = new Map<string, Map<string, EncodedResource>>();
  readonly #open = new Map<string, Collection>();

  constructor(options: ResourceStoreOptions = {}) {
    this.#options = options;
  }

  viewOf(node: XdsNode, typeUrl: string): string {
    return this.#options.viewOf?.(node, typeUrl) ?? DEFAULT_VIEW;
  }

  open(collection: Collection): OpenCollection | undefined {
    const { typeUrl, view } = collection;
    if (this.#options.types?.includes(typeUrl) === false) return undefined;
    const key = keyOf(typeUrl, view);
    for (const resource of this.#table(key).values()) collection.set(resource);
    this.#open.set(key, collection);
    return { close: () => this.#open.delete(key) };
  }

  /** Adds or replaces a resource. Streams see it at once, or at the end of the server's transaction. */
  put(resource: EncodedResource, view: string = DEFAULT_VIEW): void {
    const key = keyOf(resource.typeUrl, view);
    this.#table(key).set(resource.name, resource);
    this.#open.get(key)?.set(resource);
  }

  /** Encodes and puts. */
  putBytes(
    typeUrl: string,
    name: string,
    value: Uint8Array,
    options: ResourceOptions = {},
    view: string = DEFAULT_VIEW,
  ): void {
    this.put(encodeResource(typeUrl, name, value, options), view);
  }

  /** Removes a resource; does nothing if there is none. */
  remove(typeUrl: string, name: string, view: string = DEFAULT_VIEW): void {
    const key = keyOf(typeUrl, view);
    this.#resources.get(key)?.delete(name);
    if (this.#resources.get(key)?.size === 0) this.#resources.delete(key);
    this.#open.get(key)?.delete(name);
  }

  get(typeUrl: string, name: string, view: string = DEFAULT_VIEW): EncodedResource | undefined {
    return this.#resources.get(keyOf(typeUrl, view))?.get(name);
  }

  #table(key: string): Map<string, EncodedResource> {
    const table = this.#resources.get(key) ?? new Map<string, EncodedResource>();
    this.#resources.set(key, table);
    return table;
  }
}

function keyOf(typeUrl: string, view: string): string {
  return `${typeUrl}\n${view}`;
}
