/**
 * Resources that were removed and that a stream must keep for the time being, because the client may still use them: a
 * cluster leaves after the routes that used it.
 */
import { type Digest, EMPTY_DIGEST, addDigest } from './digest.js';
import type { EncodedResource } from './resource.js';

export interface LeavingResource {
  readonly name: string;
  /** As the client has it; undefined where it brought it along from an earlier stream. */
  readonly resource: EncodedResource | undefined;
  /** Sequence number of its removal. */
  readonly seq: number;
}

/** Immutable, and shared among streams in the same state. */
export type Leaving = readonly LeavingResource[];

export const NONE_LEAVING: Leaving = [];

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
