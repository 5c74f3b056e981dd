/** The versions that are shown instead of the newest ones, by name, and the changes of a transaction that decide about them. */
import type { Version } from '../resources/change-list.js';
import type { Changes, ResourceHistory } from '../resources/history.js';
import type { EncodedResource } from '../resources/resource.js';

/** A version that is shown instead of the newest one, or the newest one if another was shown before. */
export interface Shown {
  readonly resource: EncodedResource | undefined;
  /** Shown since this sequence number. */
  readonly since: number;
  /** Versions that were shown before instead of the newest one, the oldest first. Before them, the newest version was shown. */
  readonly earlier: readonly Version[];
  /** Whether some earlier versions are no longer remembered. */
  readonly truncated: boolean;
}

export type Overlay = ReadonlyMap<string, Shown>;

export const NO_OVERLAY: Overlay = new Map();

/** The changes of one transaction, as a view needs them. */
export interface CommittedChanges {
  readonly seq: number;
  /** The changes in a collection. */
  changesOf(collection: ResourceHistory): Changes;
  /** The views that show a collection. */
  viewsOf(collection: ResourceHistory): Iterable<{ overlay(typeUrl: string): Overlay }>;
  /** The shown version of this name changed, so streams must check it. */
  touch(collection: ResourceHistory, name: string): void;
}
