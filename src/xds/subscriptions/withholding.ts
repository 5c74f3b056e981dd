/**
 * Changes what a collection shows of a resource without a change in the order of things, so that nobody who is up to date is
 * told of it: an earlier version in the place of one that was refused, and back. It must not know who refused what.
 */
import type { Accepted, Entry } from '../resources/change-list.js';
import type { InterestTable } from './interest-table.js';
import { keeper } from './kept.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Subscription } from './subscription.js';

/** The part of a collection that this changes. */
export interface ShownCollection {
  readonly interests: InterestTable;
  readonly seq: number;
  entry(name: string): Entry | undefined;
  show(entry: Entry, resource: EncodedResource | undefined, withheld: EncodedResource | undefined): void;
}

/** A client accepted this version, which was shown when `seq` was the last change. */
export function accept(collection: ShownCollection, resource: EncodedResource, seq: number): void {
  const entry = collection.entry(resource.name);
  if (entry === undefined || entry.withheld?.version === resource.version) return;
  if (entry.accepted?.resource.version === resource.version) return;
  entry.acceptedBefore = entry.accepted;
  entry.accepted = { resource, seq: Math.min(seq, entry.resource === resource ? entry.seq : Infinity) };
}

/**
 * Shows the last other version that was accepted instead of the newest: who has the newest keeps it, but for `refuser`. If only
 * the newest was ever accepted, it goes on being shown. Returns what is shown now.
 */
export function withhold(
  collection: ShownCollection,
  name: string,
  isSound: (resource: EncodedResource) => boolean,
  refuser: Subscription,
): EncodedResource | undefined {
  const entry = collection.entry(name);
  const newest = entry?.resource;
  if (entry === undefined || newest === undefined || entry.withheld !== undefined) return entry?.resource;
  const good = lastGood(entry, newest, isSound);
  if (good === newest) return newest;
  const keep = keeper(newest);
  for (const interest of collection.interests.all()) {
    if (!interest.covers(name)) continue;
    for (const user of interest.users) if (user !== refuser && user.has(entry)) user.kept = keep(user.kept);
    interest.replaced(newest, good);
  }
  collection.show(entry, good, newest);
  return good;
}

function lastGood(
  { accepted, acceptedBefore }: Entry,
  newest: EncodedResource,
  isSound: (resource: EncodedResource) => boolean,
): EncodedResource | undefined {
  const isGood = (candidate: Accepted | undefined): boolean =>
    candidate !== undefined && candidate.resource.version !== newest.version && isSound(candidate.resource);
  const good = [accepted, acceptedBefore].find(isGood)?.resource;
  return good ?? (accepted?.resource.version === newest.version ? newest : undefined);
}

/** Shows a version again that was withheld for want of a better one; who was told that there is none is told of it now. */
export function reinstate(collection: ShownCollection, { name, version }: EncodedResource): void {
  const entry = collection.entry(name);
  if (entry === undefined || entry.resource !== undefined || entry.withheld?.version !== version) return;
  const { withheld } = entry;
  collection.show(entry, withheld, undefined);
  const without: Subscription[] = [];
  for (const interest of collection.interests.all()) {
    if (!interest.covers(name)) continue;
    interest.replaced(undefined, withheld);
    for (const user of interest.users) if (user.kept.get(name) !== withheld && user.has(entry)) without.push(user);
  }
  for (const user of without) user.owe(new Set([name]), collection.seq);
  for (const { host } of without) host.pump();
}
