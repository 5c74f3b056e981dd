/**
 * What a DiscoveryRequest does to a subscription. State of the world: the names of a request are all the client wants.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#how-the-client-specifies-what-resources-to-return
 */
import { NO_NAMES } from './interest.js';
import type { NameList } from './name-list.js';
import { type Subscription } from './subscription.js';
import { emptyMeansWildcard } from './type-urls.js';

/** Takes over the names; `stale` says that the client had not seen the response in flight when it sent them. */
export function subscribe(subscription: Subscription, list: NameList, first: boolean, stale: boolean): void {
  subscription.nameBytes = list.bytes;
  const wildcard = list.empty ? !subscription.named && emptyMeansWildcard(subscription.typeUrl) : list.wildcard;
  if (!list.empty) subscription.named = true;
  const { interest } = subscription;
  subscription.cover(wildcard, list.names, list.key);
  if (first || (wildcard && !interest.wildcard)) {
    subscription.oweEverything();
    subscription.mustAnswer = wildcard;
    return;
  }
  subscription.owe(additions(interest.names, list.names), subscription.collection.seq);
  const nothing = !wildcard && list.names.size === 0;
  // A client that watches nothing any more ignores the response in flight, and never answers it.
  if (nothing && stale) subscription.abandon();
}

/**
 * A client that comes back with the version that is current has everything already: but only everything, since a list of
 * names may have grown meanwhile.
 */
export function resume(subscription: Subscription, versionInfo: string): void {
  const { interest, collection } = subscription;
  if (!interest.wildcard || interest.names.size > 0 || versionInfo === '' || versionInfo !== interest.version) return;
  subscription.sentSeq = collection.seq;
  subscription.ackedSeq = collection.seq;
  subscription.sentVersion = versionInfo;
  subscription.ackedVersion = versionInfo;
  subscription.mustAnswer = false;
}

function additions(before: ReadonlySet<string>, after: ReadonlySet<string>): ReadonlySet<string> {
  const added = new Set<string>();
  for (const name of after) if (!before.has(name)) added.add(name);
  return added.size === 0 ? NO_NAMES : added;
}
