/**
 * A collection with its change log: what changed, when, and which interests are affected. Changes are staged during a transaction, and get one
 * sequence number at its end. It must not know how changes are sent, or what clients rejected.
 */
import type { UpdateBatch } from '../batches/batch.js';
import { AliasIndex } from '../resources/alias-index.js';
import { ChangeList, type Entry, type Positions, newEntry, succeed } from '../resources/change-list.js';
import type { Collection } from '../resources/collection.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import type { OpenCollection } from '../resources/provider.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { Interest } from './interest.js';
import { type InterestHost, InterestTable } from './interest-table.js';

/** With fewer deleted names, a purge is not worth its cost. */
const MIN_TOMBSTONES = 1024;

/** The parts of the server that a collection uses. */
export interface CollectionHost {
  /** Limit of deleted names that are remembered for slow streams. */
  readonly maxTombstones: number;
  /** Runs `change` in the open transaction, or else in a new one. */
  transaction(change: () => void): void;
  /** These batches are not sent any more. */
  forgotten(batches: readonly UpdateBatch[]): void;
  /** This collection has staged changes: commit it at the end of the open transaction. */
  staged(collection: VersionedCollection): void;
}

export class VersionedCollection implements Collection, InterestHost, ResourceHistory {
  readonly typeUrl: string;
  readonly view: string;
  readonly interests: InterestTable;
  /** As of `seq`. */
  readonly aliases = new AliasIndex();
  /** The result of the provider's `open`. `undefined` before, and for unsupported types. */
  opened: OpenCollection | undefined;
  /** Sequence number of the last change. */
  seq = 0;
  readonly #host: CollectionHost;
  readonly #entries = new Map<string, Entry>();
  readonly #log = new ChangeList();
  /** The resources that the open transaction changed, by name. */
  #staged = new Map<string, EncodedResource | undefined>();
  #size = 0;
  #timed = 0;
  /** The number of deleted names at which the next purge runs. */
  #purgeAt = MIN_TOMBSTONES;
  #closed = false;

  constructor(typeUrl: string, view: string, host: CollectionHost) {
    this.typeUrl = typeUrl;
    this.view = view;
    this.#host = host;
    this.interests = new InterestTable(this);
  }

  /** Whether the provider supports this type. Otherwise subscriptions are accepted and never answered. */
  get served(): boolean {
    return this.opened !== undefined;
  }

  set(resource: EncodedResource): void {
    if (resource.typeUrl !== this.typeUrl)
      throw new TypeError(`${resource.typeUrl} in a collection of ${this.typeUrl}`);
    this.#change(resource.name, resource);
  }

  delete(name: string): void {
    if (this.get(name) !== undefined) this.#change(name, undefined);
  }

  /** The newest version, including changes of the open transaction. */
  get(name: string): EncodedResource | undefined {
    return this.#staged.has(name) ? this.#staged.get(name) : this.#entries.get(name)?.resource;
  }

  *names(): Generator<string, void> {
    for (const [name, resource] of this.#staged) if (resource !== undefined) yield name;
    for (const { name, resource } of this.#entries.values())
      if (resource !== undefined && !this.#staged.has(name)) yield name;
  }

  /** All names with a resource, and all deleted names that are remembered. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Entries with an event after `seq`, including deleted names, newest first. */
  since(seq: number): Generator<Entry, void> {
    return this.#log.since(seq);
  }

  /** Whether it contains a resource with a TTL. */
  get timed(): boolean {
    return this.#timed > 0;
  }

  /** The number of deleted names that are remembered. */
  get tombstones(): number {
    return this.#entries.size - this.#size;
  }

  committed(name: string): EncodedResource | undefined {
    return this.#entries.get(name)?.resource;
  }

  missing(name: string): EncodedResource | undefined {
    return this.opened?.missing?.(name);
  }

  *committedResources(): Generator<EncodedResource, void> {
    for (const { resource } of this.#entries.values()) if (resource !== undefined) yield resource;
  }

  wanted(name: string): void {
    this.opened?.want?.(name);
  }

  unwanted(name: string): void {
    if (!this.#closed) this.opened?.unwant?.(name);
  }

  forgotten(batches: readonly UpdateBatch[]): void {
    this.#host.forgotten(batches);
  }

  /** Nobody sees it any more. */
  close(): void {
    this.#closed = true;
    this.opened?.close();
  }

  /** Commits the staged changes with this sequence number. Returns them, and adds the affected interests to `affected`. */
  commit(seq: number, affected: Set<Interest>): Changes {
    const staged = this.#staged;
    this.#staged = new Map();
    const changes = new Map<string, EncodedResource | undefined>();
    const positions = this.positions();
    for (const [name, after] of staged) {
      const entry = this.#entries.get(name) ?? newEntry(name);
      if (isSameResource(entry.resource, after)) continue;
      changes.set(name, entry.resource);
      this.#entries.set(name, entry);
      this.#succeed(entry, after, { seq, positions, affected });
    }
    this.#purge();
    return changes;
  }

  /** At this sequence number, the name may show another version. Adds the affected interests to `affected`. */
  touch(entry: Entry, seq: number, affected: Set<Interest>): void {
    this.#log.touch(entry, seq);
    this.seq = seq;
    for (const interest of this.interests.all()) {
      if (!interest.covers(entry.name)) continue;
      interest.touched(seq);
      affected.add(interest);
    }
  }

  #succeed(
    entry: Entry,
    after: EncodedResource | undefined,
    { seq, positions, affected }: { seq: number; positions: Positions; affected: Set<Interest> },
  ): void {
    const { name, resource: before } = entry;
    this.#size += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    this.#timed += (after?.ttlMs === undefined ? 0 : 1) - (before?.ttlMs === undefined ? 0 : 1);
    this.aliases.update(name, after);
    succeed(entry, after, seq, positions);
    this.#log.touch(entry, seq);
    this.seq = seq;
    for (const interest of this.interests.all()) {
      const covers = interest.covers(name);
      const covered = before !== undefined && interest.coversVersion(before);
      if (!covers && !covered) continue;
      interest.changed(seq, covered ? before : undefined, covers ? after : undefined);
      affected.add(interest);
    }
  }

  #change(name: string, after: EncodedResource | undefined): void {
    if (this.#closed || isSameResource(this.get(name), after)) return;
    this.#host.transaction(() => {
      if (this.#staged.size === 0) this.#host.staged(this);
      this.#staged.set(name, after);
    });
  }

  /** Forgets deleted names whose removal was sent to all streams, if there are many. */
  #purge(): void {
    if (this.tombstones <= this.#purgeAt) return;
    const sentToAll = Math.min(this.seq, this.lowestHeld());
    for (const entry of this.#log.oldestFirst()) {
      if (entry.resource !== undefined || entry.seq > sentToAll) continue;
      this.#log.remove(entry);
      this.#entries.delete(entry.name);
      this.aliases.forget(entry.name);
    }
    // A purge visits all deleted names, so it runs only when it may forget many.
    const { maxTombstones } = this.#host;
    this.#purgeAt = Math.max(MIN_TOMBSTONES, Math.min(2 * this.tombstones, maxTombstones));
    if (this.tombstones > maxTombstones) this.#evictLaggards();
  }

  /** The sequence numbers of the streams' standings, now and after their next answers. */
  positions(): Positions {
    return { lowest: this.lowestHeld(), all: () => this.#allPositions() };
  }

  #allPositions(): readonly number[] {
    const positions = new Set<number>();
    for (const interest of this.interests.all())
      for (const user of interest.users) for (const position of user.positions()) positions.add(position);
    return [...positions];
  }

  /** The lowest sequence number of a state that a stream holds. */
  lowestHeld(): number {
    let lowest = Infinity;
    for (const interest of this.interests.all()) {
      for (const user of interest.users) lowest = Math.min(lowest, user.behindSince);
    }
    return lowest;
  }

  /** Ends streams that were behind before the deleted names became too many. They begin anew, which costs less than remembering more. */
  #evictLaggards(): void {
    for (const interest of [...this.interests.all()]) {
      for (const user of [...interest.users]) if (user.sentSince < interest.previousSeq) user.host.tooFarBehind();
    }
  }
}
