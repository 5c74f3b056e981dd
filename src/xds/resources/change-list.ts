/**
 * The change log of a collection, compacted: one entry per name, ordered by the sequence number of the last event that
 * concerns it, deleted names included. An entry remembers the earlier versions that some stream may still hold.
 */
import type { EncodedResource } from './resource.js';

/** What a name stood for from a sequence number on; `resource` is undefined while it did not exist. */
export interface Version {
  readonly resource: EncodedResource | undefined;
  readonly since: number;
}

export interface Entry {
  readonly name: string;
  /** The newest version; undefined after its deletion. */
  resource: EncodedResource | undefined;
  /** Sequence number since which the newest version is there. */
  since: number;
  /** Sequence number of the last event: a change, or a verdict about a version. At least `since`. */
  seq: number;
  /** Earlier versions, the oldest first. Before the first of them the name did not exist, unless it is `truncated`. */
  earlier: readonly Version[];
  truncated: boolean;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** A version that is not remembered. */
export const FORGOTTEN = Symbol('a version that is not remembered');

/** So many earlier versions of one name are remembered without asking who holds them. */
const FEW = 8;
/** More are not remembered, though streams that lag behind may hold them. */
const MAX_EARLIER = 64;

/** A name that does not exist yet. */
export function newEntry(name: string): Entry {
  return {
    name,
    resource: undefined,
    since: 0,
    seq: 0,
    earlier: [],
    truncated: false,
    older: undefined,
    newer: undefined,
  };
}

/** What the name stood for after the change with this sequence number. */
export function versionAt(entry: Entry, seq: number): EncodedResource | typeof FORGOTTEN | undefined {
  if (entry.since <= seq) return entry.resource;
  const known = entry.earlier.findLast(({ since }) => since <= seq);
  if (known !== undefined) return known.resource;
  return entry.truncated ? FORGOTTEN : undefined;
}

/** Sequence numbers of the standings of streams, now or after their next answer. */
export interface Positions {
  /** They stand there or later. */
  readonly lowest: number;
  /** Each once; asked for only where many versions are remembered. */
  all(): readonly number[];
}

/** The name has had this value since `seq`. */
export function succeed(entry: Entry, after: EncodedResource | undefined, seq: number, positions: Positions): void {
  const versions = [...entry.earlier, { resource: entry.resource, since: entry.since }];
  const { kept, lost } = stillHeld(versions, positions);
  if (lost) entry.truncated = true;
  entry.earlier = kept;
  entry.resource = after;
  entry.since = seq;
}

/** Versions that are remembered; `lost`: some stream may hold one that is not. */
interface StillHeld {
  readonly kept: readonly Version[];
  readonly lost: boolean;
}

/** Those of the versions that some stream may hold; and the last, which may be what a stream is brought back to. */
export function stillHeld(versions: readonly Version[], held: Positions): StillHeld {
  const last = versions.length - 1;
  const until = (index: number): number => versions[index + 1]?.since ?? Infinity;
  const needed = versions.filter((_, index) => index === last || until(index) > held.lowest);
  if (needed.length <= FEW) return { kept: needed, lost: false };
  const positions = held.all();
  const isHeld = ({ since }: Version, index: number): boolean =>
    positions.some((position) => since <= position && position < until(index));
  const all = versions.filter((version, index) => index === last || isHeld(version, index));
  return { kept: all.slice(-MAX_EARLIER), lost: all.length > MAX_EARLIER };
}

export class ChangeList {
  #newest: Entry | undefined;
  #oldest: Entry | undefined;

  /** Moves the entry to the newest end. */
  touch(entry: Entry, seq: number): void {
    entry.seq = seq;
    if (this.#newest === entry) return;
    this.remove(entry);
    entry.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  remove(entry: Entry): void {
    const { older, newer } = entry;
    if (older !== undefined) older.newer = newer;
    else if (this.#oldest === entry) this.#oldest = newer;
    if (newer !== undefined) newer.older = older;
    else if (this.#newest === entry) this.#newest = older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  /** Entries that changed after `seq`, newest first. */
  *since(seq: number): Generator<Entry, void> {
    for (let entry = this.#newest; entry !== undefined && entry.seq > seq; entry = entry.older) yield entry;
  }

  /** Entries from the oldest change on. They may be removed meanwhile. */
  *oldestFirst(): Generator<Entry, void> {
    for (let entry = this.#oldest; entry !== undefined;) {
      const { newer } = entry;
      yield entry;
      entry = newer;
    }
  }
}
