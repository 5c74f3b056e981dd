/**
 * A collection with its change log: what changed, when, and whom that concerns. Changes are staged while a transaction is
 * open and get one sequence number at its end. It must not know how a stream is told.
 */
import { AliasIndex } from '../resources/alias-index.js';
import { ChangeList, type Entry, newestOf } from '../resources/change-list.js';
import type { Collection } from '../resources/collection.js';
import type { Interest } from './interest.js';
import { type InterestHost, InterestTable } from './interest-table.js';
import type { OpenCollection } from '../resources/provider.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { ShownCollection } from './withholding.js';

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
  /** What to show instead of a version that a client refused; undefined for a version to be shown. */
  incoming(
    collection: VersionedCollection,
    resource: EncodedResource,
  ): { readonly good: EncodedResource | undefined } | undefined;
  /** Another version of this name is the newest now. */
  moved(collection: VersionedCollection, name: string): void;
}

/** What a name was before the open transaction. */
type Before = Pick<Entry, 'resource' | 'withheld'>;

export class VersionedCollection implements Collection, InterestHost, ShownCollection {
  readonly typeUrl: string;
  readonly view: string;
  readonly interests: InterestTable;
  /** As of `seq`. */
  readonly aliases = new AliasIndex();
  /** What the provider said when it was opened; undefined until then, and for types that are not served. */
  opened: OpenCollection | undefined;
  seq = 0;
  readonly #host: CollectionHost;
  readonly #entries = new Map<string, Entry>();
  readonly #log = new ChangeList();
  /** Names that changed in the open transaction, with what they were before it. */
  readonly #staged = new Map<string, Before>();
  /** Names that are withheld, with no sound version to show instead. */
  readonly #lacking = new Set<string>();
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
    if (this.newest(name) !== undefined) this.#change(name, undefined);
  }

  get(name: string): EncodedResource | undefined {
    return this.#entries.get(name)?.resource;
  }

  /** The newest version, which may be withheld. */
  newest(name: string): EncodedResource | undefined {
    return newestOf(this.#entries.get(name));
  }

  /** Names that exist and of which nothing is shown, since all there is was refused. */
  get lacking(): ReadonlySet<string> {
    return this.#lacking;
  }

  /** Everything that it holds, and deleted names that are still remembered. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  *names(): Generator<string, void> {
    for (const entry of this.#entries.values()) if (entry.resource !== undefined) yield entry.name;
  }

  *resources(): Generator<EncodedResource, void> {
    for (const entry of this.#entries.values()) if (entry.resource !== undefined) yield entry.resource;
  }

  /** Names of the resources that exist, and of those deleted that are still remembered. */
  knownNames(): Iterable<string> {
    return this.#entries.keys();
  }

  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Entries that changed after `seq`, deleted ones too, newest first. */
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
    return (this.#staged.get(name) ?? this.#entries.get(name))?.resource;
  }

  *committedResources(): Generator<EncodedResource, void> {
    for (const name of this.#entries.keys()) {
      const resource = this.committed(name);
      if (resource !== undefined) yield resource;
    }
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

  /** Gives the staged changes their sequence number. Returns the interests that they concern. */
  commit(seq: number): ReadonlySet<Interest> {
    const affected = new Set<Interest>();
    for (const [name, before] of this.#staged) {
      const entry = this.#entries.get(name);
      if (entry === undefined) continue;
      this.#host.moved(this, name);
      if (!isVisible(before, entry)) {
        if (entry.seq === 0 && newestOf(entry) === undefined) this.#entries.delete(name);
        continue;
      }
      this.#log.touch(entry);
      this.#tell(entry, before, seq, affected);
    }
    this.#staged.clear();
    this.#purge();
    return affected;
  }

  #tell(entry: Entry, { resource: before, withheld }: Before, seq: number, affected: Set<Interest>): void {
    const { name, resource: after } = entry;
    // What was deleted before lost its aliases then.
    const keysBefore = this.aliases.update(name, after, before === undefined ? entry.seq : seq);
    stamp(entry, before ?? (entry.born > 0 ? withheld : undefined), seq);
    this.seq = seq;
    for (const interest of this.interests.all()) {
      const covers = interest.covers(name);
      const covered = (covers || keysBefore.length > 0) && interest.coveredBy(name, keysBefore);
      if (!covers && !covered) continue;
      interest.changed(seq, covered ? before : undefined, covers ? after : undefined);
      affected.add(interest);
    }
  }

  #change(name: string, after: EncodedResource | undefined): void {
    if (this.#closed) return;
    const entry = this.#entries.get(name) ?? this.#newEntry(name);
    const { resource, withheld } = entry;
    if (isSameResource(newestOf(entry), after)) return;
    this.#host.transaction(() => {
      if (this.#staged.size === 0) this.#host.staged(this);
      if (!this.#staged.has(name)) this.#staged.set(name, { resource, withheld });
      const refused = after && this.#host.incoming(this, after);
      const shown = refused === undefined ? after : (entry.resource ?? refused.good);
      // What was refused may be the best there is, if somebody else accepted it.
      if (shown?.version === after?.version) this.show(entry, after, undefined);
      else this.show(entry, shown, after);
    });
  }

  /** Shows this of the entry from now on, and withholds that. */
  show(entry: Entry, resource: EncodedResource | undefined, withheld: EncodedResource | undefined): void {
    this.#size += (resource === undefined ? 0 : 1) - (entry.resource === undefined ? 0 : 1);
    this.#timed += (resource?.ttlMs === undefined ? 0 : 1) - (entry.resource?.ttlMs === undefined ? 0 : 1);
    entry.resource = resource;
    entry.withheld = withheld;
    if (withheld !== undefined && resource === undefined) this.#lacking.add(entry.name);
    else this.#lacking.delete(entry.name);
  }

  #newEntry(name: string): Entry {
    const entry: Entry = {
      name,
      resource: undefined,
      withheld: undefined,
      accepted: undefined,
      acceptedBefore: undefined,
      last: undefined,
      seq: 0,
      created: 0,
      born: 0,
      older: undefined,
      newer: undefined,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  /** Forgets deleted names that every stream has been told of, when there are many. */
  #purge(): void {
    if (this.tombstones <= this.#purgeAt) return;
    const told = this.#toldAll();
    for (const entry of this.#log.oldestFirst()) {
      if (entry.resource !== undefined || entry.seq > told) continue;
      this.#log.remove(entry);
      this.#entries.delete(entry.name);
      this.aliases.forget(entry.name);
    }
    // Walking over them is worth while only when there may be many to forget.
    const { maxTombstones } = this.#host;
    this.#purgeAt = Math.max(MIN_TOMBSTONES, Math.min(2 * this.tombstones, maxTombstones));
    if (this.tombstones > maxTombstones) this.#evictLaggards();
  }

  /** The sequence number up to which every stream has been told. */
  #toldAll(): number {
    let told = this.seq;
    for (const interest of this.interests.all()) {
      for (const user of interest.users) told = Math.min(told, user.toldSeq);
    }
    return told;
  }

  /** For streams that were behind before this change already, remembering costs more than that they begin anew. */
  #evictLaggards(): void {
    for (const interest of [...this.interests.all()]) {
      for (const user of [...interest.users]) if (user.toldSeq < interest.previousSeq) user.host.tooFarBehind();
    }
  }
}

/** Whether somebody sees the change: what was withheld before has holders, whatever is shown. */
function isVisible(before: Before, { resource, withheld }: Entry): boolean {
  if (!isSameResource(before.resource, resource)) return true;
  return before.withheld !== undefined && !isSameResource(before.withheld, withheld);
}

function stamp(entry: Entry, before: EncodedResource | undefined, seq: number): void {
  if (before === undefined) {
    entry.created = seq;
    if (entry.born === 0) entry.born = seq;
  }
  entry.last = entry.resource === undefined ? before : undefined;
  entry.seq = seq;
}
