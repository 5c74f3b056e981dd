/** The resources of one type in one view, as they were at each sequence number that the standing of a client may have. It must not know clients. */
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
  /** Entries that an event after `seq` concerns, deleted ones too, newest first. */
  since(seq: number): Iterable<Entry>;
  /** Streams that are behind hold what there was at this sequence number or later. */
  lowestHeld(): number;
  positions(): Positions;
}

/** What changed in one transaction: by name, the resource before it. */
export type Changes = ReadonlyMap<string, EncodedResource | undefined>;
