/**
 * Keeps a resource that a client refused from those that have not got it yet: they keep, or get, the last version that
 * somebody accepted. It knows names and versions, and no streams but as those who hold something.
 */
import type { Batch } from '../subscriptions/batch.js';
import { type Blamed, speaksOfHost } from './blame.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Chunk } from '../subscriptions/response.js';
import type { Subscription } from '../subscriptions/subscription.js';
import type { VersionedCollection } from '../subscriptions/versioned-collection.js';
import { accept, reinstate, withhold } from '../subscriptions/withholding.js';

/** A version of a resource that a client refused, and that is still the newest. */
export interface RefusedResource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  /** The view of the client that refused it first. */
  readonly view: string;
  /** The client's words. */
  readonly message: string;
  /** `node.id` of the client that refused it first. */
  readonly nodeId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface IsolationHost {
  /** Whether a refused resource is withheld from others; otherwise refusals are only recorded. */
  readonly enabled: boolean;
  /** Collections of this type, of all views. */
  collectionsOf(typeUrl: string): Iterable<VersionedCollection>;
  refused(resource: RefusedResource): void;
  released(resource: RefusedResource): void;
}

interface RefusalRecord {
  readonly refused: RefusedResource;
  /** What takes its place in views that have no version of their own. */
  good: EncodedResource | undefined;
  /** Collections of which it is the newest version. */
  readonly holders: Set<VersionedCollection>;
}

export class Isolation {
  readonly #host: IsolationHost;
  /** By type and name, by version. */
  readonly #records = new Map<string, Map<string, RefusalRecord>>();
  /** Responses that some client accepted. */
  readonly #accepted = new WeakSet<Chunk>();

  constructor(host: IsolationHost) {
    this.#host = host;
  }

  /** How many refused resources there are at the moment. */
  get size(): number {
    return [...this.#records.values()].reduce((sum, { size }) => sum + size, 0);
  }

  all(): readonly RefusedResource[] {
    return [...this.#records.values()].flatMap((versions) => [...versions.values()].map(({ refused }) => refused));
  }

  /** A client accepted this response: from now on its versions are ones to go back to. */
  accepted(collection: VersionedCollection, { chunks, to }: Batch, index: number): void {
    const chunk = chunks[index];
    if (chunk === undefined || !this.#host.enabled || this.#accepted.has(chunk)) return;
    this.#accepted.add(chunk);
    for (const resource of chunk.resources) {
      accept(collection, resource, to);
      if (this.#records.size > 0) this.#vindicate(resource);
    }
  }

  /** Somebody accepted what another one refused: where there is nothing better, it is shown. */
  #vindicate(resource: EncodedResource): void {
    const record = this.#recordOf(resource);
    if (record === undefined || record.good !== undefined) return;
    record.good = resource;
    for (const holder of record.holders) reinstate(holder, resource);
  }

  /** The subscription's client refused these. What speaks of its own host counts for it alone. */
  refuse(subscription: Subscription, nodeId: string, blamed: readonly Blamed[]): void {
    for (const { resource, message } of blamed) {
      if (!speaksOfHost(message)) this.#refuse(subscription, nodeId, resource, message);
    }
  }

  #refuse(subscription: Subscription, nodeId: string, resource: EncodedResource, message: string): void {
    const { typeUrl, name, version } = resource;
    const known = this.#recordOf(resource);
    subscription.lose(name);
    if (known === undefined) {
      const refused = { typeUrl, name, version, view: subscription.collection.view, message, nodeId, at: Date.now() };
      const record = { refused, good: undefined, holders: new Set<VersionedCollection>() };
      for (const collection of this.#host.collectionsOf(typeUrl)) this.#withhold(record, collection, subscription);
      if (record.holders.size === 0) return;
      this.#add(record);
      this.#host.refused(refused);
    }
    if (this.#host.enabled) subscription.fallBack(resource);
  }

  #withhold(record: RefusalRecord, collection: VersionedCollection, by: Subscription): void {
    const { name, version } = record.refused;
    if (collection.newest(name)?.version !== version) return;
    record.holders.add(collection);
    if (!this.#host.enabled) return;
    const good = withhold(collection, name, (resource) => !this.#isRefused(resource), by);
    record.good ??= good;
  }

  #isRefused(resource: EncodedResource): boolean {
    return this.#recordOf(resource) !== undefined;
  }

  /** A collection gets this version: if it was refused, what to show instead, as far as this is known. */
  incoming(
    collection: VersionedCollection,
    resource: EncodedResource,
  ): { readonly good: EncodedResource | undefined } | undefined {
    const record = this.#records.size === 0 ? undefined : this.#recordOf(resource);
    if (record === undefined) return undefined;
    record.holders.add(collection);
    return this.#host.enabled ? { good: record.good } : undefined;
  }

  /** The newest version of this name may be another one now in this collection. */
  moved(collection: VersionedCollection, name: string): void {
    const versions = this.#records.size === 0 ? undefined : this.#records.get(keyOf(collection.typeUrl, name));
    if (versions === undefined) return;
    const newest = collection.newest(name)?.version;
    for (const [version, record] of versions) if (version !== newest) this.#leave(record, collection);
  }

  /** The collection has closed: nobody is subscribed to it any more. */
  closed(collection: VersionedCollection): void {
    for (const versions of [...this.#records.values()]) for (const record of versions.values()) this.#leave(record, collection);
  }

  #leave(record: RefusalRecord, collection: VersionedCollection): void {
    if (!record.holders.delete(collection) || record.holders.size > 0) return;
    const { typeUrl, name, version } = record.refused;
    const key = keyOf(typeUrl, name);
    const versions = this.#records.get(key);
    versions?.delete(version);
    if (versions?.size === 0) this.#records.delete(key);
    this.#host.released(record.refused);
  }

  #add(record: RefusalRecord): void {
    const { typeUrl, name, version } = record.refused;
    const key = keyOf(typeUrl, name);
    const versions = this.#records.get(key) ?? new Map<string, RefusalRecord>();
    this.#records.set(key, versions.set(version, record));
  }

  #recordOf({ typeUrl, name, version }: EncodedResource): RefusalRecord | undefined {
    return this.#records.get(keyOf(typeUrl, name))?.get(version);
  }
}

function keyOf(typeUrl: string, name: string): string {
  return `${typeUrl}\n${name}`;
}
