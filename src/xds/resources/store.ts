/** A provider that keeps its resources in memory: put and remove, per view. For programs that know all their resources. */
import type { Collection } from './collection.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { OpenCollection, ResourceProvider } from './provider.js';
import { type EncodedResource, isSameResource } from './resource.js';

/** The view of every node, unless `viewOf` is set. */
export const DEFAULT_VIEW = 'default';

/** All are optional. */
export interface ResourceStoreOptions {
  /**
   * The key of the view that a node sees, for each type. Nodes with the same key see the same resources and share their
   * responses. Should be quick and must not throw: that ends the stream with INTERNAL. Default: all see `default`.
   */
  readonly viewOf?: (node: XdsNode, typeUrl: string) => string;
  /** The types to serve; requests for others are accepted and never answered. Default: every type. */
  readonly types?: readonly string[];
  /**
   * Why a resource must not be served, `undefined` if it may; asked for each that is put, and `put` throws an Error with the answer. What
   * was there before stays. `rejectedByEnvoy` of `lifeboat/xds/json` is made for it. Default: whatever is put is served.
   */
  readonly check?: (resource: EncodedResource) => string | undefined;
}

/**
 * Resources by type, view and name. Streams see a change at once, or at the end of the transaction in which it is made. A
 * store may be filled before there is a server, and may serve several.
 */
export class ResourceStore implements ResourceProvider {
  readonly #options: ResourceStoreOptions;
  /** By type and view, by name. */
  readonly #resources = new Map<string, Map<string, EncodedResource>>();
  /** By type and view: one collection for each server that has streams there. */
  readonly #open = new Map<string, Set<Collection>>();

  constructor(options: ResourceStoreOptions = {}) {
    this.#options = options;
  }

  /** For the server. */
  viewOf(node: XdsNode, typeUrl: string): string {
    return this.#options.viewOf?.(node, typeUrl) ?? DEFAULT_VIEW;
  }

  /** For the server. */
  open(collection: Collection): OpenCollection | undefined {
    const { typeUrl, view } = collection;
    if (this.#options.types?.includes(typeUrl) === false) return undefined;
    const key = keyOf(typeUrl, view);
    for (const resource of this.#resources.get(key)?.values() ?? []) collection.set(resource);
    const open = this.#open.get(key) ?? new Set();
    this.#open.set(key, open.add(collection));
    return { close: () => this.#close(key, open, collection) };
  }

  #close(key: string, open: Set<Collection>, collection: Collection): void {
    open.delete(collection);
    if (open.size === 0 && this.#open.get(key) === open) this.#open.delete(key);
  }

  /**
   * Adds or replaces the resource of that type and name. One with the version that is there already changes nothing.
   * `view`: the key that `viewOf` gives. Throws an Error for one that the option `check` rejects, before anything is changed.
   */
  put(resource: EncodedResource, view: string = DEFAULT_VIEW): void {
    const key = keyOf(resource.typeUrl, view);
    const table = this.#resources.get(key) ?? new Map<string, EncodedResource>();
    if (isSameResource(table.get(resource.name), resource)) return;
    this.#check(resource);
    this.#resources.set(key, table.set(resource.name, resource));
    for (const collection of this.#open.get(key) ?? []) collection.set(resource);
  }

  /** Removes a resource; does nothing if there is none. */
  remove(typeUrl: string, name: string, view: string = DEFAULT_VIEW): void {
    const key = keyOf(typeUrl, view);
    const table = this.#resources.get(key);
    if (table?.delete(name) === true && table.size === 0) this.#resources.delete(key);
    for (const collection of this.#open.get(key) ?? []) collection.delete(name);
  }

  /**
   * From now on these are all resources of the type in the view: they are put, and what is not among them is removed. Throws
   * TypeError for a resource of another type, before anything is changed. To be seen as one change it needs a transaction.
   */
  replace(typeUrl: string, resources: Iterable<EncodedResource>, view: string = DEFAULT_VIEW): void {
    const all = [...resources];
    const stranger = all.find((resource) => resource.typeUrl !== typeUrl);
    if (stranger !== undefined) throw new TypeError(`${stranger.typeUrl} among resources of ${typeUrl}`);
    for (const resource of all) this.#check(resource);
    const kept = new Set(all.map(({ name }) => name));
    for (const resource of all) this.put(resource, view);
    for (const name of this.names(typeUrl, view)) if (!kept.has(name)) this.remove(typeUrl, name, view);
  }

  #check(resource: EncodedResource): void {
    const nack = this.#options.check?.(resource);
    if (nack !== undefined) throw new Error(`${resource.typeUrl} ${resource.name}: ${nack}`);
  }

  /** The resource, also within the transaction that puts it; undefined if there is none. */
  get(typeUrl: string, name: string, view: string = DEFAULT_VIEW): EncodedResource | undefined {
    return this.#resources.get(keyOf(typeUrl, view))?.get(name);
  }

  /** Names of the resources of that type in the view: a copy. */
  names(typeUrl: string, view: string = DEFAULT_VIEW): readonly string[] {
    return [...(this.#resources.get(keyOf(typeUrl, view))?.keys() ?? [])];
  }
}

function keyOf(typeUrl: string, view: string): string {
  return `${typeUrl}\n${view}`;
}
