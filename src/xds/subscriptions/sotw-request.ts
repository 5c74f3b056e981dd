/**
 * What a DiscoveryRequest does to a subscription. State of the world: the names of a request are all the client wants.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#how-the-client-specifies-what-resources-to-return
 */
import { type Coverages, EVERYTHING, type NameList } from '../resources/coverage.js';
import type { Subscription } from './subscription.js';
import { emptyMeansWildcard } from '../protocol/type-urls.js';

/** Takes over the names; `stale` says that the client had not seen the response in flight when it sent them. */
export function subscribe(
  subscription: Subscription,
  list: NameList,
  request: { first: boolean; stale: boolean; coverages: Coverages },
): void {
  const { interest, collection } = subscription;
  const legacy = list.empty && !subscription.named && emptyMeansWildcard(subscription.typeUrl);
  const coverage = legacy ? EVERYTHING : list.coverage;
  const transition = request.coverages.replace(interest.coverage, coverage);
  subscription.nameBytes = list.bytes;
  if (!list.empty) subscription.named = true;
  subscription.cover(transition);
  if (request.first || (coverage.wildcard && !interest.wildcard)) {
    subscription.oweEverything();
    subscription.mustAnswer = coverage.wildcard;
    return;
  }
  subscription.owe(transition.answers, collection.seq);
  const nothing = !coverage.wildcard && coverage.names.size === 0;
  // A client that watches nothing any more ignores the response in flight, and never answers it.
  if (nothing && request.stale) subscription.abandon();
}

/**
 * A client that comes back with the version that is current has everything already: but only everything, since a list of
 * names may have grown meanwhile.
 */
export function resume(subscription: Subscription, versionInfo: string): void {
  const { interest, collection } = subscription;
  // What lives for a limited time must be sent again, or it is not known when to renew it.
  if (collection.timed) return;
  if (!interest.wildcard || interest.names.size > 0 || versionInfo === '' || versionInfo !== interest.version) return;
  subscription.sentSeq = collection.seq;
  subscription.ackedSeq = collection.seq;
  subscription.sentVersion = versionInfo;
  subscription.ackedVersion = versionInfo;
  subscription.mustAnswer = false;
}
