/**
 * The open collections by type and view, and the transactions that change them. At the end of a transaction, all its changes get one
 * sequence number, the effective views are decided again, and the affected streams are pumped.
 */
import type { UpdateBatch } from '../batches/batch.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import type { EncodedResource } from '../resources/resource.js';
import type { ResourceProvider } from '../resources/provider.js';
import { EffectiveView } from '../holdings/effective-view.js';
import type { CommittedChanges } from '../holdings/overlay.js';
import type { Interest, SubscriptionHost } from '../subscriptions/interest.js';
import type { Subscription, SubscriptionSource } from '../subscriptions/subscription.js';
import { type CollectionHost, VersionedCollection } from '../subscriptions/versioned-collection.js';
import { NackIsolation, type NackIsolationHost } from './nack-isolation.js';

interface Opened {
  readonly collection: VersionedCollection;
  /** The effective views that show it. */
  readonly views: Set<EffectiveView>;
  subscriptions: number;
}

const NO_CHANGES: Changes = new Map();
const NO_VIEWS: ReadonlySet<EffectiveView> = new Set();

/** The events of rejected resources, and whether NACKs change what is shown. */
export interface NackIsolationOptions extends Pick<NackIsolationHost, 'rejected' | 'released'> {
  readonly enabled: boolean;
  readonly acceptancesPerNack: number;
  readonly endpointGraceMs: number;
}

/** What becomes of batches that nobody will be sent any more. */
export type ForgetBatches = (batches: readonly UpdateBatch[]) => void;

export class CollectionRegistry implements CollectionHost {
  readonly maxTombstones: number;
  /** The NACKs of resources in the collections. */
  readonly isolation: NackIsolation;
  readonly #isolates: boolean;
  readonly #provider: ResourceProvider;
  readonly #forget: ForgetBatches;
  readonly #opened = new Map<string, Opened>();
  /** The same, by collection. */
  readonly #byHistory = new Map<ResourceHistory, Opened>();
  readonly #views = new Map<string, EffectiveView>();
  readonly #staged = new Set<VersionedCollection>();
  /** Effective views that must be decided again although no resource changed. */
  readonly #reconsidered = new Set<EffectiveView>();
  #viewChanges: (() => void)[] = [];
  #reassigned = new Set<SubscriptionHost>();
  #depth = 0;
  #seq = 0;

  constructor(
    provider: ResourceProvider,
    maxTombstones: number,
    { enabled, rejected, released, endpointGraceMs, acceptancesPerNack }: NackIsolationOptions,
    forget: ForgetBatches,
  ) {
    this.#forget = forget;
    this.#provider = provider;
    this.maxTombstones = maxTombstones;
    this.#isolates = enabled;
    this.isolation = new NackIsolation(
      {
        rejected,
        released,
        transaction: (change) => this.transaction(change),
        collectionsOf: (typeUrl) => this.all().filter((collection) => collection.typeUrl === typeUrl),
        reconsider: (resource) => this.#reconsider(resource),
        afterEndpointGrace: (action) => void setTimeout(action, endpointGraceMs).unref(),
      },
      acceptancesPerNack,
    );
  }

  get size(): number {
    return this.#opened.size;
  }

  all(): VersionedCollection[] {
    return [...this.#opened.values()].map(({ collection }) => collection);
  }

  /**
   * Adds a subscription to the collection, which is opened for the first one, and to the effective view with this key. Call it in a
   * transaction.
   */
  attach(typeUrl: string, view: string, viewKey: string): SubscriptionSource {
    const collection = this.#attach(typeUrl, view);
    const effective = this.#views.get(viewKey) ?? new EffectiveView(viewKey, this.isolation.verdicts);
    this.#views.set(viewKey, effective);
    effective.attach(collection);
    this.#byHistory.get(collection)?.views.add(effective);
    if (this.#isolates && effective.mayDiffer) this.#reconsidered.add(effective);
    return { collection, view: effective };
  }

  #attach(typeUrl: string, view: string): VersionedCollection {
    const key = keyOf(typeUrl, view);
    const known = this.#opened.get(key);
    if (known !== undefined) {
      known.subscriptions += 1;
      return known.collection;
    }
    const collection = new VersionedCollection(typeUrl, view, this);
    collection.opened = this.#provider.open(collection);
    const opened: Opened = { collection, views: new Set(), subscriptions: 1 };
    this.#opened.set(key, opened);
    this.#byHistory.set(collection, opened);
    return collection;
  }

  /** Removes a subscription. The last one closes the collection. */
  detach({ collection, view }: SubscriptionSource): void {
    if (!view.detach(collection)) this.#byHistory.get(collection)?.views.delete(view);
    if (view.unused) this.#views.delete(view.key);
    const key = keyOf(collection.typeUrl, collection.view);
    const opened = this.#opened.get(key);
    if (opened?.collection !== collection) return;
    opened.subscriptions -= 1;
    if (opened.subscriptions > 0) return;
    this.#opened.delete(key);
    this.#staged.delete(collection);
    this.#byHistory.delete(collection);
    collection.close();
    this.isolation.closed(collection);
  }

  /** Moves the subscription to another view, in the open transaction. */
  reassign(subscription: Subscription, view: string, viewKey: string): void {
    const before = { collection: subscription.collection, view: subscription.view };
    if (before.collection.view === view && before.view.key === viewKey) return;
    const target = this.attach(subscription.typeUrl, view, viewKey);
    this.#viewChanges.push(subscription.changeView(target));
    this.#reassigned.add(subscription.host);
    this.detach(before);
  }

  forgotten(batches: readonly UpdateBatch[]): void {
    this.#forget(batches);
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

  #viewsOf(collection: ResourceHistory): ReadonlySet<EffectiveView> {
    return this.#byHistory.get(collection)?.views ?? NO_VIEWS;
  }

  #reconsider({ typeUrl, name, version }: EncodedResource): void {
    if (!this.#isolates) return;
    this.transaction(() => {
      for (const { collection, views } of this.#opened.values())
        if (collection.typeUrl === typeUrl && collection.get(name)?.version === version)
          for (const view of views) this.#reconsidered.add(view);
    });
  }

  #commit(): void {
    if (this.#staged.size + this.#viewChanges.length + this.#reconsidered.size === 0) return;
    const [concerned, moves] = [this.#reassigned, this.#viewChanges];
    this.#reassigned = new Set();
    this.#viewChanges = [];
    this.#seq += 1;
    const affected = new Set<Interest>();
    const changes = this.#commitStaged(affected);
    this.#settle(changes, affected);
    for (const finish of moves) finish();
    for (const { users } of affected) for (const { host } of users) concerned.add(host);
    for (const host of concerned) host.pump();
  }

  #commitStaged(affected: Set<Interest>): ReadonlyMap<VersionedCollection, Changes> {
    const changes = new Map<VersionedCollection, Changes>();
    const staged = [...this.#staged];
    this.#staged.clear();
    for (const collection of staged) changes.set(collection, collection.commit(this.#seq, affected));
    for (const [collection, changed] of changes) this.isolation.changed(collection.typeUrl, changed.keys());
    return changes;
  }

  /** While no resource is rejected, all newest versions are shown. */
  #settle(changes: ReadonlyMap<ResourceHistory, Changes>, affected: Set<Interest>): void {
    const reconsidered = new Set(this.#reconsidered);
    const views = new Set(reconsidered);
    this.#reconsidered.clear();
    if (!this.#isolates) return;
    for (const collection of changes.keys())
      for (const view of this.#viewsOf(collection)) if (view.mayDiffer) views.add(view);
    const committed: CommittedChanges = {
      seq: this.#seq,
      changesOf: (collection) => changes.get(collection) ?? NO_CHANGES,
      viewsOf: (collection) => this.#viewsOf(collection),
      touch: (collection, name) => {
        const entry = collection.entry(name);
        if (entry !== undefined) this.#byHistory.get(collection)?.collection.touch(entry, this.#seq, affected);
      },
    };
    for (const view of views) view.settle(committed, reconsidered.has(view));
  }
}

function keyOf(typeUrl: string, view: string): string {
  return `${typeUrl}\n${view}`;
}
