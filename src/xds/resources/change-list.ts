/**
 * The change log of a collection, compacted: one entry per name, ordered by the sequence number of its last change, deleted
 * names included. It cannot grow beyond the names that exist and those deleted since the last purge.
 */
import type { EncodedResource } from './resource.js';

/** A version that a client accepted. */
export interface Accepted {
  readonly resource: EncodedResource;
  /** Sequence number at which it was shown: who was told of everything up to there has it. */
  readonly seq: number;
}

export interface Entry {
  readonly name: string;
  /** What is shown; undefined after its deletion, or while there is no sound version of it. */
  resource: EncodedResource | undefined;
  /** The newest version, while it is withheld because a client refused it. */
  withheld: EncodedResource | undefined;
  /** The last version that a client accepted, and the one before it. */
  accepted: Accepted | undefined;
  acceptedBefore: Accepted | undefined;
  /** What it was before its deletion. */
  last: EncodedResource | undefined;
  /** Sequence number of the last change. */
  seq: number;
  /** Sequence number at which it came into being, the last time. */
  created: number;
  /** Sequence number at which it came into being, the first time since this entry exists. */
  born: number;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** The newest version, shown or withheld. */
export function newestOf(entry: Entry | undefined): EncodedResource | undefined {
  return entry?.withheld ?? entry?.resource;
}

/** Sequence number since which what is shown was there: a version that was withheld again counts for nothing. */
export function shownSince({ seq, withheld, resource, accepted, acceptedBefore }: Entry): number {
  if (withheld === undefined || resource === undefined) return seq;
  const good = [accepted, acceptedBefore].find((candidate) => candidate?.resource === resource);
  return Math.min(seq, good?.seq ?? Infinity);
}

export class ChangeList {
  #newest: Entry | undefined;
  #oldest: Entry | undefined;

  /** Moves the entry to the newest end. */
  touch(entry: Entry): void {
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
