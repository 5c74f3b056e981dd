/**
 * Resources that were removed and that a stream must keep for the time being, because the client may still use them: a
 * cluster leaves after the routes that used it.
 */
import { type Digest, EMPTY_DIGEST, addDigest } from '../protocol/digest.js';
import type { Interest } from './interest.js';
import type { EncodedResource } from '../resources/resource.js';
import { outlivesDeletion } from '../protocol/type-urls.js';

export interface LeavingResource {
  readonly name: string;
  /** As the client has it; undefined where it brought it along from an earlier stream. */
  readonly resource: EncodedResource | undefined;
  /** Sequence number of its removal. */
  readonly seq: number;
  /** It left by being covered no more, whether it still exists or not. */
  readonly uncovered?: true;
}

/** Immutable, and shared among streams in the same state. */
export type Leaving = readonly LeavingResource[];

export const NONE_LEAVING: Leaving = [];

/** Whether a client with this interest keeps the resource when it is deleted, and is not told: it names it itself. */
export function staysWithClient(typeUrl: string, interest: Interest, name: string): boolean {
  return outlivesDeletion(typeUrl) && interest.namesResource(name);
}

export function leavingDigest(leaving: Leaving): Digest {
  return leaving.reduce(
    (sum, { resource }) => (resource === undefined ? sum : addDigest(sum, resource.digest)),
    EMPTY_DIGEST,
  );
}

/** Sequence number of the first removal that is held back; Infinity for none. */
export function firstLeaving(leaving: Leaving): number {
  return leaving.reduce((first, { seq }) => Math.min(first, seq), Infinity);
}
