/**
 * Applies a DiscoveryRequest to a subscription. State of the world: the names of a request are the complete subscription.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#how-the-client-specifies-what-resources-to-return
 */
import { type Coverages, EVERYTHING, type NameList, bytesOfCoverage } from '../resources/coverage.js';
import { emptyMeansWildcard } from '../protocol/type-urls.js';
import { NO_EXCEPTIONS } from '../holdings/exception.js';
import { stateVersion } from '../holdings/state-version.js';
import type { Subscription } from './subscription.js';

/** Applies the names. `stale`: the client sent them before it received the response in flight. */
export function subscribeSotw(
  subscription: Subscription,
  list: NameList,
  request: { first: boolean; stale: boolean; coverages: Coverages },
): void {
  const { interest } = subscription;
  const legacy = list.empty && !subscription.exchange.named && emptyMeansWildcard(subscription.typeUrl);
  const coverage = legacy ? EVERYTHING : list.coverage;
  const transition = request.coverages.replace(interest.coverage, coverage);
  subscription.exchange.listed(list.bytes);
  if (!list.empty) subscription.exchange.hasNamed();
  const again = request.first || (coverage.wildcard && !interest.wildcard);
  subscription.subscribe(transition, { again, mustAnswer: again && coverage.wildcard });
  if (again) return;
  const nothing = !coverage.wildcard && coverage.names.size === 0;
  // A client without subscriptions ignores the response in flight and never answers it.
  if (nothing && request.stale) subscription.abandon();
}

/** The first request has a version: the client may hold all that it asks for. */
export function cameBack({ exchange, interest: { coverage }, host }: Subscription): void {
  exchange.cameBack(coverage);
  host.memory.hold({}, bytesOfCoverage(coverage));
}

/**
 * A client that reconnects with the current version holds everything already. With a list of names this is unknown, because the list may have
 * grown since.
 */
export function resumeSotw(subscription: Subscription, versionInfo: string): void {
  const { interest, collection, view } = subscription;
  // A resource with a TTL must be sent again. Otherwise the server does not know when to renew it.
  if (collection.timed) return;
  if (!interest.wildcard || interest.names.size > 0 || versionInfo === '') return;
  if (versionInfo === stateVersion(collection, interest, view, NO_EXCEPTIONS)) subscription.resumeAt(versionInfo);
}
