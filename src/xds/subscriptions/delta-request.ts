/**
 * What a DeltaDiscoveryRequest does to a subscription. Incremental: a request says what is added and what is left.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#incremental-xds
 */
import type { Coverages } from '../resources/coverage.js';
import { type LeavingResource, staysWithClient } from './leaving.js';
import { isNamed } from './named-resources.js';
import type { Subscription } from './subscription.js';
import { VIRTUAL_HOST, emptyMeansWildcard, outlivesDeletion } from '../protocol/type-urls.js';
import type { DeltaDiscoveryRequest } from '../wire/request.js';
import type { VersionedCollection } from './versioned-collection.js';
import { canonicalName, isXdstpName } from '../protocol/xdstp-name.js';

/** Takes over what is subscribed and unsubscribed. */
export function subscribe(
  subscription: Subscription,
  request: DeltaDiscoveryRequest,
  first: boolean,
  coverages: Coverages,
): void {
  const legacy = first && request.subscribe.length === 0 && emptyMeansWildcard(subscription.typeUrl);
  const all = legacy || request.subscribe.includes('*');
  const transition = coverages.change(subscription.interest.coverage, request, all);
  if (request.subscribe.length > 0) subscription.named = true;
  subscription.cover(transition);
  if (subscription.aliased) takeBack(subscription, transition.left);
  if (all || first) subscription.oweEverything();
  else subscription.owe(transition.answers, subscription.collection.seq);
  if (all) subscription.mustAnswer = true;
}

/**
 * What the client has left it drops by itself, unless it knows it by an alias too. Where it has not taken in the newest of a resource
 * yet, that may be an alias that the resource has lost since.
 */
function takeBack(subscription: Subscription, left: readonly string[]): void {
  const { collection, interest, owed, inFlight } = subscription;
  const flying = new Set(inFlight?.batch.changed.map(({ name }) => name));
  const gone: LeavingResource[] = [];
  for (const name of collection.aliases.resolve(new Set(left))) {
    const stale = (owed.has(name) || flying.has(name)) && collection.entry(name) !== undefined;
    if (stale && !interest.covers(name)) gone.push({ name, resource: undefined, seq: collection.seq, uncovered: true });
  }
  if (gone.length > 0) subscription.leaving = [...subscription.leaving, ...gone];
}

/**
 * The client brings resources along from an earlier stream: by wildcard it gets the difference. What it names itself it gets
 * in any case, since it may have forgotten it; so it learns of what is gone.
 */
export function resume(subscription: Subscription, initialVersions: ReadonlyMap<string, string>): void {
  if (initialVersions.size === 0) return;
  const { collection } = subscription;
  const { seq } = collection;
  const owed = owedTo(subscription, initialVersions);
  const gone = goneSince(subscription, initialVersions).filter(({ name }) => !owed.has(name) || isNamed(collection, name));
  subscription.sentSeq = seq;
  subscription.mustAnswer = false;
  subscription.owe(owed, seq);
  subscription.leaving = gone;
}

/** What is named, and by wildcard what is not as the client has it; what lives for a limited time is renewed by that. */
function owedTo(
  { collection, interest, typeUrl }: Subscription,
  initialVersions: ReadonlyMap<string, string>,
): Set<string> {
  const owed = new Set(interest.names);
  for (const name of outlivesDeletion(typeUrl) ? initialVersions.keys() : [])
    if (!isNamed(collection, canonicalName(name))) owed.delete(canonicalName(name));
  for (const { name, version, ttlMs } of interest.wildcard ? collection.resources() : []) {
    const known = initialVersions.get(name) ?? initialVersions.get(canonicalName(name));
    if (known !== version || ttlMs !== undefined) owed.add(name);
  }
  return owed;
}

/** What the client has and should not. A virtual host may have been covered by an alias that it does not have any more. */
function goneSince(
  { collection, interest, typeUrl }: Subscription,
  initialVersions: ReadonlyMap<string, string>,
): LeavingResource[] {
  const gone: LeavingResource[] = [];
  for (const name of initialVersions.keys()) {
    const leaves = { name, resource: undefined, seq: collection.seq };
    if (!interest.covers(name)) {
      if (typeUrl === VIRTUAL_HOST) gone.push({ ...leaves, uncovered: true });
    } else if (!exists(collection, name) && !staysWithClient(typeUrl, interest, name)) gone.push(leaves);
  }
  return gone;
}

/** Whether there is a resource of this name; that it stands for another one by an alias does not count. */
function exists(collection: VersionedCollection, name: string): boolean {
  const canonical = canonicalName(name);
  return collection.get(name) !== undefined || (isXdstpName(name) && isNamed(collection, canonical));
}
