/** What is shown in the place of newest versions, by name; and what a transaction changes, as far as that decides it. */
import type { Version } from '../resources/change-list.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import type { EncodedResource } from '../resources/resource.js';

/** What is shown of a name instead of its newest version, or again after something else was shown. */
export interface Shown {
  readonly resource: EncodedResource | undefined;
  /** Sequence number since which it is shown. */
  readonly since: number;
  /** What was shown before in the place of the newest version, the oldest first. Before that, the newest was. */
  readonly earlier: readonly Version[];
  /** Not all of them are remembered. */
  readonly truncated: boolean;
}

export type Overlay = ReadonlyMap<string, Shown>;

export const NO_OVERLAY: Overlay = new Map();

/** What happened in one transaction, as far as a view asks. */
export interface CommittedChanges {
  readonly seq: number;
  /** What changed in a collection. */
  changesOf(collection: ResourceHistory): Changes;
  /** The views in which a collection is shown. */
  viewsOf(collection: ResourceHistory): Iterable<{ overlay(typeUrl: string): Overlay }>;
  /** Something else is shown of this name: streams have to look at it. */
  touch(collection: ResourceHistory, name: string): void;
}
