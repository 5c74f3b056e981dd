/**
 * A collection with its change log: what changed, when, and whom that concerns. Changes are staged while a transaction is
 * open and get one sequence number at its end. It must not know how changes are sent, or what clients refused.
 */
import { AliasIndex } from '../resources/alias-index.js';
import { ChangeList, type Entry, type Positions, newEntry, succeed } from '../resources/change-list.js';
import type { Collection } from '../resources/collection.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import type { OpenCollection } from '../resources/provider.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { Interest } from './interest.js';
import { type InterestHost, InterestTable } from './interest-table.js';

/** Fewer deleted names than this are not worth a purge. */
const MIN_TOMBSTONES = 1024;

/** What a collection needs of its surroundings. */
export interface CollectionHost {
  /** How many deleted names a collection remembers for streams that lag behind. */
  readonly maxTombstones: number;
  /** Runs a change in a transaction, the open one if there is one. */
  transaction(change: () => void): void;
  /** This collection has staged changes: commit it at the end of the open transaction. */
  staged(collection: VersionedCollection): void;
}

export class VersionedCollection implements Collection, InterestHost, ResourceHistory {
  readonly typeUrl: string;
  readonly view: string;
  readonly interests: InterestTable;
  /** As of `seq`. */
  readonly aliases = new AliasIndex();
  /** What the provider said when it was opened; undefined until then, and for types that are not served. */
  opened: OpenCollection | undefined;
  /** Sequence number of the last change. */
  seq = 0;
  readonly #host: CollectionHost;
  readonly #entries = new Map<string, Entry>();
  readonly #log = new ChangeList();
  /** Names that the open transaction changed, with what they are to be. Entries change when it is committed. */
  #staged = new Map<string, EncodedResource | undefined>();
  #size = 0;
  #timed = 0;
  /** How many deleted names there must be for a purge. */
  #purgeAt = MIN_TOMBSTONES;
  #closed = false;

  constructor(typeUrl: string, view: string, host: CollectionHost) {
    this.typeUrl = typeUrl;
    this.view = view;
    this.#host = host;
    this.interests = new InterestTable(this);
  }

  /** Whether the provider serves this type. Where it does not, subscriptions are accepted and never answered. */
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

  /** Also within the transaction that sets it. */
  get(name: string): EncodedResource | undefined {
    return this.#staged.has(name) ? this.#staged.get(name) : this.#entries.get(name)?.resource;
  }

  *names(): Generator<string, void> {
    for (const [name, resource] of this.#staged) if (resource !== undefined) yield name;
    for (const { name, resource } of this.#entries.values())
      if (resource !== undefined && !this.#staged.has(name)) yield name;
  }

  /** Everything that it holds, and deleted names that are still remembered. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Entries that an event after `seq` concerns, deleted ones too, newest first. */
  since(seq: number): Generator<Entry, void> {
    return this.#log.since(seq);
  }

  /** Whether something in it lives for a limited time only. */
  get timed(): boolean {
    return this.#timed > 0;
  }

  /** How many deleted names are still remembered. */
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

  /** Nobody sees it any more. */
  close(): void {
    this.#closed = true;
    this.opened?.close();
  }

  /** Gives the staged changes their sequence number. Returns what changed, and adds the interests that this concerns. */
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

  /** With this sequence number, something else may be shown of this name. Adds the interests that this concerns. */
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

  /** Forgets deleted names whose removal was sent to every stream, when there are many. */
  #purge(): void {
    if (this.tombstones <= this.#purgeAt) return;
    const sentToAll = Math.min(this.seq, this.lowestHeld());
    for (const entry of this.#log.oldestFirst()) {
      if (entry.resource !== undefined || entry.seq > sentToAll) continue;
      this.#log.remove(entry);
      this.#entries.delete(entry.name);
      this.aliases.forget(entry.name);
    }
    // Walking over them is worth while only when there may be many to forget.
    const { maxTombstones } = this.#host;
    this.#purgeAt = Math.max(MIN_TOMBSTONES, Math.min(2 * this.tombstones, maxTombstones));
    if (this.tombstones > maxTombstones) this.#evictLaggards();
  }

  /** Sequence numbers of the standings of streams, now or after their next answer. */
  positions(): Positions {
    return { lowest: this.lowestHeld(), all: () => this.#allPositions() };
  }

  #allPositions(): readonly number[] {
    const positions = new Set<number>();
    for (const interest of this.interests.all())
      for (const user of interest.users) for (const position of user.positions()) positions.add(position);
    return [...positions];
  }

  /** Streams that are behind hold what there was at this sequence number or later. */
  lowestHeld(): number {
    let lowest = Infinity;
    for (const interest of this.interests.all()) {
      for (const user of interest.users) lowest = Math.min(lowest, user.behindSince);
    }
    return lowest;
  }

  /** For streams that were behind before this change already, remembering costs more than that they begin anew. */
  #evictLaggards(): void {
    for (const interest of [...this.interests.all()]) {
      for (const user of [...interest.users]) if (user.sentSince < interest.previousSeq) user.host.tooFarBehind();
    }
  }
}
