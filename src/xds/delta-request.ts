/**
 * What a DeltaDiscoveryRequest does to a subscription. Incremental: a request says what is added and what is left.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#incremental-xds
 */
import type { Coverages } from './coverage.js';
import type { LeavingResource } from './leaving.js';
import type { Subscription } from './subscription.js';
import { emptyMeansWildcard } from './type-urls.js';
import type { DeltaDiscoveryRequest } from './wire/request.js';

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
  if (all || first) subscription.oweEverything();
  else subscription.owe(transition.answers, subscription.collection.seq);
  if (all) subscription.mustAnswer = true;
}

/**
 * The client brings resources along from an earlier stream: by wildcard it gets the difference. What it names itself it gets
 * in any case, since it may have forgotten it; so it learns of what is gone.
 */
export function resume(subscription: Subscription, initialVersions: ReadonlyMap<string, string>): void {
  if (initialVersions.size === 0) return;
  const { collection, interest } = subscription;
  const owed = new Set(interest.names);
  if (interest.wildcard) {
    for (const { name, version } of collection.resources()) if (initialVersions.get(name) !== version) owed.add(name);
  }
  const { seq } = collection;
  const gone: LeavingResource[] = [];
  for (const name of initialVersions.keys()) {
    if (!owed.has(name) && interest.covers(name) && collection.get(name) === undefined)
      gone.push({ name, resource: undefined, seq });
  }
  subscription.sentSeq = seq;
  subscription.mustAnswer = false;
  subscription.owe(owed, seq);
  subscription.leaving = gone;
}
