/** Moves a subscription to another collection, because its node sees another view now: it is told the difference. */
import { seenBy } from './kept.js';
import { type LeavingResource, staysWithClient } from './leaving.js';
import { namedResources } from './named-resources.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import type { Subscription } from './subscription.js';
import type { VersionedCollection } from './versioned-collection.js';

/** What the client has, as far as the server knows: undefined for a name of which it may have an older version. */
type Holdings = ReadonlyMap<string, { readonly resource: EncodedResource; readonly current: boolean }>;

/**
 * First half, within the transaction: the subscription belongs to `target` from now on. Returns the second half, for when
 * the transaction is committed; it is given the transaction's sequence number.
 */
export function move(subscription: Subscription, target: VersionedCollection): (seq: number) => void {
  const holdings = holdingsOf(subscription);
  const { interest, collection } = subscription;
  subscription.collection = target;
  subscription.interest = target.interests.join(subscription, interest.coverage);
  collection.interests.release(subscription, interest);
  return (seq) => {
    if (subscription.sentSeq >= 0) oweDifference(subscription, holdings, seq);
  };
}

function holdingsOf(subscription: Subscription): Holdings {
  const { collection, interest, sentSeq } = subscription;
  const holdings = new Map<string, { resource: EncodedResource; current: boolean }>();
  const { aliases } = collection;
  const names = interest.wildcard
    ? collection.knownNames()
    : new Set([...aliases.resolve(interest.names), ...aliases.lost(interest.names, sentSeq)]);
  for (const name of names) {
    const entry = collection.entry(name);
    if (entry === undefined) continue;
    const own = seenBy(subscription.kept, entry);
    const shown = own === entry.resource ? collection.committed(name) : own;
    const resource = shown ?? entry.last;
    const changedSince = entry.seq > sentSeq;
    if (resource === undefined || (!changedSince && shown === undefined)) continue;
    holdings.set(name, { resource, current: !changedSince && !subscription.owed.has(name) });
  }
  return holdings;
}

function oweDifference(subscription: Subscription, holdings: Holdings, seq: number): void {
  const { collection, interest } = subscription;
  const owed = new Set<string>();
  const covered = interest.wildcard ? collection.resources() : namedResources(collection, interest.names);
  for (const resource of covered) {
    const had = holdings.get(resource.name);
    if (!(had?.current === true && isSameResource(had.resource, resource))) owed.add(resource.name);
  }
  const gone: LeavingResource[] = [];
  for (const [name, { resource }] of holdings) {
    const covers = interest.covers(name);
    if (covers && (collection.get(name) !== undefined || staysWithClient(collection.typeUrl, interest, name))) continue;
    gone.push({ name, resource, seq, ...(covers ? {} : { uncovered: true }) });
  }
  subscription.sentSeq = collection.seq;
  subscription.owe(owed, seq);
  if (gone.length > 0) subscription.leaving = [...subscription.leaving, ...gone];
}
