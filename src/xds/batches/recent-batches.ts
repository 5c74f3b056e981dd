/** Shares batches: streams of one interest with equal states and limits are sent the same one. Must not know how a batch is made. */
import { NO_EXCEPTIONS } from '../holdings/exception.js';
import { type Standing, sameNeeded } from '../holdings/standing.js';
import type { BatchKey, UpdateBatch } from './batch.js';
import { planBatch } from './plan.js';

/** Limit of remembered batches for one interest, between two of its changes. */
const MAX_RECENT = 8;

/** The batch for a key. Made once while the interest does not change. `recent`: the remembered batches of the interest. */
export function batchFor(key: BatchKey, recent: UpdateBatch[], maxBytes: number): UpdateBatch {
  const known = recent.find((batch) => sameKey(batch.key, key));
  if (known !== undefined) return known;
  const batch = planBatch(key, maxBytes);
  if (recent.length >= MAX_RECENT) recent.shift();
  recent.push(batch);
  return batch;
}

function sameKey(one: BatchKey, other: BatchKey): boolean {
  return (
    one.mode === other.mode &&
    one.carriedOver === other.carriedOver &&
    sameStanding(one.standing, other.standing) &&
    one.limits.changes === other.limits.changes &&
    one.limits.removals === other.limits.removals &&
    sameNeeded(one.limits.needed, other.limits.needed) &&
    one.limits.missing === other.limits.missing &&
    one.rejected === other.rejected &&
    one.bisection === other.bisection &&
    one.view.overlay(one.collection.typeUrl) === other.view.overlay(one.collection.typeUrl)
  );
}

function sameStanding(one: Standing, other: Standing): boolean {
  return (
    one === other || (one.seq === other.seq && one.exceptions === NO_EXCEPTIONS && other.exceptions === NO_EXCEPTIONS)
  );
}
