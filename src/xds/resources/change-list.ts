/**
 * The compacted change log of a collection: one entry for each name, including deleted ones, ordered by the sequence number of its last event.
 * An entry remembers the earlier versions that a stream may still hold.
 */
import type { EncodedResource } from './resource.js';

/** A version of a name since a sequence number. `resource` is undefined if the name did not exist. */
export interface Version {
  readonly resource: EncodedResource | undefined;
  readonly since: number;
}

export interface Entry {
  readonly name: string;
  /** The newest version. `undefined` after its deletion. */
  resource: EncodedResource | undefined;
  /** Sequence number of the newest version. */
  since: number;
  /** Sequence number of the last event: a change, or a verdict about a version. At least `since`. */
  seq: number;
  /** Earlier versions, the oldest first. Before them the name did not exist, unless `truncated` is set. */
  earlier: readonly Version[];
  truncated: boolean;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** Represents a version that is not remembered. */
export const FORGOTTEN = Symbol('a version that is not remembered');

/** Up to this number, earlier versions of a name are remembered without checking which streams hold them. */
const FEW = 8;
/** Limit of earlier versions of a name. Streams that are far behind may hold others. */
const MAX_EARLIER = 64;

/** The entry of a name that does not exist yet. */
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

/** The version of the name after the change with this sequence number. */
export function versionAt(entry: Entry, seq: number): EncodedResource | typeof FORGOTTEN | undefined {
  if (entry.since <= seq) return entry.resource;
  const known = entry.earlier.findLast(({ since }) => since <= seq);
  if (known !== undefined) return known.resource;
  return entry.truncated ? FORGOTTEN : undefined;
}

/** The sequence numbers of streams' standings, now and after their next answers. */
export interface Positions {
  /** The lowest of them. */
  readonly lowest: number;
  /** All of them, without duplicates. Called only if many versions are remembered. */
  all(): readonly number[];
}

/** Sets the newest version of the name, at sequence number `seq`. */
export function succeed(entry: Entry, after: EncodedResource | undefined, seq: number, positions: Positions): void {
  const versions = [...entry.earlier, { resource: entry.resource, since: entry.since }];
  const { kept, lost } = stillHeld(versions, positions);
  if (lost) entry.truncated = true;
  entry.earlier = kept;
  entry.resource = after;
  entry.since = seq;
}

/** The versions to remember. `lost`: a stream may hold a version that is not among them. */
interface StillHeld {
  readonly kept: readonly Version[];
  readonly lost: boolean;
}

/** The versions that some stream may hold, and the last one, which may be shown again. */
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

  /** Moves the entry to the end of the log. */
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

  /** Entries that changed after `seq`, the newest first. */
  *since(seq: number): Generator<Entry, void> {
    for (let entry = this.#newest; entry !== undefined && entry.seq > seq; entry = entry.older) yield entry;
  }

  /** Entries in the order of their last events. They may be removed during the iteration. */
  *oldestFirst(): Generator<Entry, void> {
    for (let entry = this.#oldest; entry !== undefined;) {
      const { newer } = entry;
      yield entry;
      entry = newer;
    }
  }
}
