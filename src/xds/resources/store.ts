/** A provider with all resources in memory, by view. For programs that know all their resources. */
import type { Collection } from './collection.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { OpenCollection, ResourceProvider } from './provider.js';
import { type EncodedResource, isSameResource } from './resource.js';

/** The view of every node, unless `viewOf` is set. */
export const DEFAULT_VIEW = 'default';

/** All options are optional. */
export interface ResourceStoreOptions {
  /**
   * The view of a node, for each type. Nodes with the same view see the same resources and share their responses. Should be fast and must not
   * throw: an error ends the stream with INTERNAL. Default: `default` for all nodes.
   */
  readonly viewOf?: (node: XdsNode, typeUrl: string) => string;
  /** The supported types. Requests for others are accepted and never answered. Default: every type. */
  readonly types?: readonly string[];
  /**
   * Why a resource must not be served; `undefined` if it may. Called for each resource that is put. `put` throws an Error with the result, and
   * the earlier version stays. `rejectedByEnvoy` of `lifeboat/xds/json` is such a function. Default: no check.
   */
  readonly check?: (resource: EncodedResource) => string | undefined;
}

/**
 * Resources by type, view and name. Streams see a change at once, or at the end of its transaction. A store may be filled before a server
 * exists, and several servers may use it.
 */
export class ResourceStore implements ResourceProvider {
  readonly #options: ResourceStoreOptions;
  /** By type and view, then by name. */
  readonly #resources = new Map<string, Map<string, EncodedResource>>();
  /** By type and view: the collections of the servers with streams there. */
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
   * Adds or replaces the resource of that type and name. A resource with the same version as before changes nothing. `view`: a result of
   * `viewOf`.
   *
   * @throws Error if the option `check` rejects the resource. Nothing is changed then.
   */
  put(resource: EncodedResource, view: string = DEFAULT_VIEW): void {
    const key = keyOf(resource.typeUrl, view);
    const table = this.#resources.get(key) ?? new Map<string, EncodedResource>();
    if (isSameResource(table.get(resource.name), resource)) return;
    this.#check(resource);
    this.#resources.set(key, table.set(resource.name, resource));
    for (const collection of this.#open.get(key) ?? []) collection.set(resource);
  }

  /** Removes a resource. Does nothing if it does not exist. */
  remove(typeUrl: string, name: string, view: string = DEFAULT_VIEW): void {
    const key = keyOf(typeUrl, view);
    const table = this.#resources.get(key);
    if (table?.delete(name) === true && table.size === 0) this.#resources.delete(key);
    for (const collection of this.#open.get(key) ?? []) collection.delete(name);
  }

  /**
   * Replaces all resources of the type in the view. Use a transaction to make it one change.
   *
   * @throws TypeError for a resource of another type. Nothing is changed then.
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

  /** The resource, including changes of the open transaction. `undefined` if it does not exist. */
  get(typeUrl: string, name: string, view: string = DEFAULT_VIEW): EncodedResource | undefined {
    return this.#resources.get(keyOf(typeUrl, view))?.get(name);
  }

  /** A copy of the names of all resources of that type in the view. */
  names(typeUrl: string, view: string = DEFAULT_VIEW): readonly string[] {
    return [...(this.#resources.get(keyOf(typeUrl, view))?.keys() ?? [])];
  }
}

function keyOf(typeUrl: string, view: string): string {
  return `${typeUrl}\n${view}`;
}
