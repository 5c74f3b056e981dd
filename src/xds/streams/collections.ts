/**
 * The open collections by type and view, and the transactions that change them: at the end of one, all its changes get one
 * sequence number, and the streams that they concern are pumped.
 */
import { move } from '../subscriptions/move.js';
import { Isolation, type IsolationHost } from './isolation.js';
import type { ResourceProvider } from '../resources/provider.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Subscription, SubscriptionHost } from '../subscriptions/subscription.js';
import { type CollectionHost, VersionedCollection } from '../subscriptions/versioned-collection.js';

interface Opened {
  readonly collection: VersionedCollection;
  subscriptions: number;
}

export class Collections implements CollectionHost {
  readonly maxTombstones: number;
  /** What clients refused of what is in the collections. */
  readonly isolation: Isolation;
  readonly #provider: ResourceProvider;
  readonly #opened = new Map<string, Opened>();
  readonly #staged = new Set<VersionedCollection>();
  #moves: ((seq: number) => void)[] = [];
  #moved = new Set<SubscriptionHost>();
  #depth = 0;
  #seq = 0;

  constructor(provider: ResourceProvider, maxTombstones: number, isolation: Omit<IsolationHost, 'collectionsOf'>) {
    this.#provider = provider;
    this.maxTombstones = maxTombstones;
    this.isolation = new Isolation({ ...isolation, collectionsOf: (typeUrl) => this.#ofType(typeUrl) });
  }

  #ofType(typeUrl: string): VersionedCollection[] {
    return this.all().filter((collection) => collection.typeUrl === typeUrl);
  }

  incoming(collection: VersionedCollection, resource: EncodedResource): ReturnType<Isolation['incoming']> {
    return this.isolation.incoming(collection, resource);
  }

  moved(collection: VersionedCollection, name: string): void {
    this.isolation.moved(collection, name);
  }

  get size(): number {
    return this.#opened.size;
  }

  all(): VersionedCollection[] {
    return [...this.#opened.values()].map(({ collection }) => collection);
  }

  /** The collection for one more subscription, opened if it is the first. Call it in a transaction. */
  attach(typeUrl: string, view: string): VersionedCollection {
    const key = keyOf(typeUrl, view);
    const known = this.#opened.get(key);
    if (known !== undefined) {
      known.subscriptions += 1;
      return known.collection;
    }
    const collection = new VersionedCollection(typeUrl, view, this);
    collection.opened = this.#provider.open(collection);
    this.#opened.set(key, { collection, subscriptions: 1 });
    return collection;
  }

  /** A subscription has left; the last one closes the collection. */
  detach(collection: VersionedCollection): void {
    const key = keyOf(collection.typeUrl, collection.view);
    const opened = this.#opened.get(key);
    if (opened?.collection !== collection) return;
    opened.subscriptions -= 1;
    if (opened.subscriptions > 0) return;
    this.#opened.delete(key);
    this.#staged.delete(collection);
    collection.close();
    this.isolation.closed(collection);
  }

  /** Moves the subscription to another view, with the transaction that is open. */
  reassign(subscription: Subscription, view: string): void {
    const before = subscription.collection;
    if (before.view === view) return;
    const target = this.attach(subscription.typeUrl, view);
    this.#moves.push(move(subscription, target));
    this.#moved.add(subscription.host);
    this.detach(before);
  }

  staged(collection: VersionedCollection): void {
    this.#staged.add(collection);
  }

  transaction(change: () => void): void {
    this.#depth += 1;
    try {
      change();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#commit();
    }
  }

  #commit(): void {
    if (this.#staged.size === 0 && this.#moves.length === 0) return;
    const concerned = this.#moved;
    const moves = this.#moves;
    this.#moved = new Set();
    this.#moves = [];
    this.#seq += 1;
    const staged = [...this.#staged];
    this.#staged.clear();
    for (const collection of staged) {
      for (const interest of collection.commit(this.#seq)) {
        for (const { host } of interest.users) concerned.add(host);
      }
    }
    for (const finish of moves) finish(this.#seq);
    for (const host of concerned) host.pump();
  }
}

function keyOf(typeUrl: string, view: string): string {
  return `${typeUrl}\n${view}`;
}
