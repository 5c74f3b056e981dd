/** The resources of one type in one view, now and at each sequence number of a client's standing. It must not know clients. */
import type { AliasIndex } from './alias-index.js';
import type { Entry, Positions } from './change-list.js';
import type { EncodedResource } from './resource.js';

export interface ResourceHistory {
  readonly typeUrl: string;
  /** Sequence number of the last change. */
  readonly seq: number;
  readonly aliases: AliasIndex;
  /** The newest version. */
  get(name: string): EncodedResource | undefined;
  entry(name: string): Entry | undefined;
  /** What a state-of-the-world client that holds nothing of this name is sent instead of a resource, if anything. */
  missing(name: string): EncodedResource | undefined;
  /** All names, deleted ones that are remembered too. */
  entries(): Iterable<Entry>;
  /** Entries with an event after `seq`, including deleted names, newest first. */
  since(seq: number): Iterable<Entry>;
  /** The lowest sequence number of a state that a stream holds. */
  lowestHeld(): number;
  positions(): Positions;
}

/** The changes of one transaction: by name, the resource before the transaction. */
export type Changes = ReadonlyMap<string, EncodedResource | undefined>;
