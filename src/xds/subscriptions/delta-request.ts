/**
 * What a DeltaDiscoveryRequest does to a subscription. Incremental: a request says what is added and what is left.
 * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#incremental-xds
 */
import type { Coverages } from '../resources/coverage.js';
import type { Entry } from '../resources/change-list.js';
import type { EncodedResource } from '../resources/resource.js';
import { VIRTUAL_HOST, emptyMeansWildcard, outlivesDeletion } from '../protocol/type-urls.js';
import { canonicalXdsName } from '../protocol/xdstp-name.js';
import type { DeltaDiscoveryRequest } from '../wire/request.js';
import { ANYTHING, type Holding, Unsure } from '../holdings/holding.js';
import { isNamed, namedEntries } from '../holdings/named-resources.js';
import { type Exception, NOTHING_HELD, exceptionOf } from '../holdings/exception.js';
import type { Subscription } from './subscription.js';
import type { VersionedCollection } from './versioned-collection.js';

/** Takes over what is subscribed and unsubscribed. */
export function subscribeDelta(
  subscription: Subscription,
  request: DeltaDiscoveryRequest,
  first: boolean,
  coverages: Coverages,
): void {
  const legacy = first && request.subscribe.length === 0 && emptyMeansWildcard(subscription.typeUrl);
  const all = legacy || request.subscribe.includes('*');
  const transition = coverages.change(subscription.interest.coverage, request, all);
  if (request.subscribe.length > 0) subscription.exchange.hasNamed();
  subscription.subscribe(transition, { again: all || first, mustAnswer: all });
}

/** Bytes of a name that the client brings along and that nothing is known of, beyond its characters: that it is to be removed. */
const BROUGHT = 256;

/**
 * The client brings resources along from an earlier stream: it gets the difference, and learns of what is gone. A name that
 * it subscribes to and does not bring along is answered; what it brings along in the version that is shown is not sent again.
 * Returns the bytes that names which nothing is known of make the server remember.
 */
export function resumeDelta(subscription: Subscription, initialVersions: ReadonlyMap<string, string>): number {
  if (initialVersions.size === 0) return 0;
  const { collection, interest } = subscription;
  const versions = new Map([...initialVersions].map(([name, version]) => [canonicalXdsName(name), { name, version }]));
  const exceptions = new Map<string, Exception>();
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    const brought = versions.get(entry.name) ?? versions.get(canonicalXdsName(entry.name));
    const exception = compare(subscription, entry, brought?.version);
    if (exception !== undefined) exceptions.set(entry.name, exception);
  }
  for (const name of interest.names) {
    if (isNamed(collection, name) || collection.entry(name) !== undefined) continue;
    if (!(versions.has(name) && outlivesDeletion(subscription.typeUrl)))
      exceptions.set(name, gone(new Unsure([], false, undefined)));
  }
  let bytes = 0;
  for (const [canonical, { name }] of versions) {
    if (!isLeft(subscription, canonical, name)) continue;
    exceptions.set(name, gone(ANYTHING));
    bytes += BROUGHT + 2 * name.length;
  }
  subscription.resume(exceptions);
  return bytes;
}

/** How the client's version of a resource differs from what is shown; undefined if it does not. */
function compare({ collection, view }: Subscription, entry: Entry, version: string | undefined): Exception | undefined {
  const shown = view.shown(collection, entry);
  // What lives for a limited time is renewed by being sent.
  if (shown !== undefined && shown.version === version && shown.ttlMs === undefined) return undefined;
  if (shown === undefined && version === undefined && entry.resource === undefined) return undefined;
  const brought = versionsOf(entry, shown).find((resource) => resource.version === version);
  const holding: Holding = version === undefined ? undefined : (brought ?? ANYTHING);
  return exceptionOf(
    brought === shown && brought !== undefined ? new Unsure([brought], false, brought) : holding,
    NOTHING_HELD,
    true,
  );
}

function versionsOf(entry: Entry, shown: EncodedResource | undefined): readonly EncodedResource[] {
  const versions = [shown, entry.resource, ...entry.earlier.map(({ resource }) => resource)];
  return versions.filter((resource) => resource !== undefined);
}

/** Whether the client holds it and should not. A virtual host may have been covered by an alias that it does not have any more. */
function isLeft({ collection, interest, typeUrl }: Subscription, canonical: string, name: string): boolean {
  if (interest.covers(canonical) || interest.covers(name)) return !isKnown(collection, canonical, name);
  return typeUrl === VIRTUAL_HOST;
}

/** Whether there is a resource of this name, or was: under the name itself, or with its parameters in another order. */
function isKnown(collection: VersionedCollection, canonical: string, name: string): boolean {
  if (collection.entry(name) !== undefined || collection.entry(canonical) !== undefined) return true;
  return [...collection.aliases.standsFor(canonical)].some((other) => canonicalXdsName(other) === canonical);
}

function gone(holding: Holding): Exception {
  return exceptionOf(holding, NOTHING_HELD);
}
