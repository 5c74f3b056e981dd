/**
 * What a DeltaDiscoveryRequest does to a subscription. Incremental: a request says what is added and what is left.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#incremental-xds
 */
import type { LeavingResource } from './leaving.js';
import type { Subscription } from './subscription.js';
import { emptyMeansWildcard } from './type-urls.js';
import type { DeltaDiscoveryRequest } from './wire/request.js';

const WILDCARD = '*';

/** Takes over what is subscribed and unsubscribed. A name in both is subscribed. */
export function subscribe(subscription: Subscription, request: DeltaDiscoveryRequest, first: boolean): void {
  const legacyWildcard = first && request.subscribe.length === 0 && emptyMeansWildcard(subscription.typeUrl);
  if (!legacyWildcard && request.subscribe.length === 0 && request.unsubscribe.length === 0) return;
  if (request.subscribe.length > 0) subscription.named = true;
  const { interest } = subscription;
  const names = new Set(interest.names);
  const left = request.unsubscribe.filter((name) => names.delete(name));
  for (const name of request.subscribe) names.add(name);
  const all = names.delete(WILDCARD) || legacyWildcard;
  const wildcard = all || (interest.wildcard && !request.unsubscribe.includes(WILDCARD));
  subscription.cover(wildcard, names);
  if (all || first) subscription.oweEverything();
  if (all) subscription.mustAnswer = true;
  // A name that was asked for is answered, even if nothing changed; so is one that was left and may come by the wildcard.
  const answers = new Set(request.subscribe);
  answers.delete(WILDCARD);
  if (wildcard) for (const name of left) answers.add(name);
  if (!all && !first) subscription.owe(answers, subscription.collection.seq);
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
    if (!owed.has(name) && interest.covers(name) && collection.get(name) === undefined) gone.push({ name, resource: undefined, seq });
  }
  subscription.sentSeq = seq;
  subscription.mustAnswer = false;
  subscription.owe(owed, seq);
  subscription.leaving = gone;
}
