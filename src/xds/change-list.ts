/**
 * The change log of a collection, compacted: one entry per name, ordered by the sequence number of its last change, deleted
 * names included. It cannot grow beyond the names that exist and those deleted since the last purge.
 */
import type { EncodedResource } from './resource.js';

export interface Entry {
  readonly name: string;
  /** Undefined after its deletion. */
  resource: EncodedResource | undefined;
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
