/**
 * Applies a DeltaDiscoveryRequest to a subscription. Incremental: a request adds and removes names.
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

/** Applies the lists of subscribed and unsubscribed names. */
export function subscribeDelta(
  subscription: Subscription,
  sent: DeltaDiscoveryRequest,
  first: boolean,
  coverages: Coverages,
): void {
  const request = subscription.typeUrl === VIRTUAL_HOST ? withoutWildcard(sent) : sent;
  const legacy = first && request.subscribe.length === 0 && emptyMeansWildcard(subscription.typeUrl);
  const all = legacy || request.subscribe.includes('*');
  const transition = coverages.change(subscription.interest.coverage, request, all);
  if (request.subscribe.length > 0) subscription.exchange.hasNamed();
  subscription.subscribe(transition, { again: all || first, mustAnswer: all });
}

/**
 * Envoy begins to ask for virtual hosts with a request without names, so it names `*` when it comes back. It must not get all of them then, as it
 * did not at first. https://github.com/envoyproxy/envoy/issues/46641
 */
function withoutWildcard(request: DeltaDiscoveryRequest): DeltaDiscoveryRequest {
  if (!request.subscribe.includes('*')) return request;
  return { ...request, subscribe: request.subscribe.filter((name) => name !== '*') };
}

/** The client holds nothing, and waits to be told that there is nothing. */
const NOTHING_SENT = new Unsure([], false, undefined);

/** Bytes of a name that the client brings along and that nothing is known of, beyond its characters: that it is to be removed. */
const BROUGHT = 256;

/**
 * The client has resources from an earlier stream (`initial_resource_versions`): it is sent only the differences and removals. A subscribed
 * name without an initial version is always answered. An initial version that is still shown is not sent again. Returns the bytes that the
 * server must remember for names without resources.
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
    if (!(versions.has(name) && outlivesDeletion(subscription.typeUrl))) exceptions.set(name, gone(NOTHING_SENT));
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

/** The exception for a resource that the client has in this version; `undefined` if the version is what is shown. */
function compare(
  { collection, view, interest }: Subscription,
  entry: Entry,
  version: string | undefined,
): Exception | undefined {
  const shown = view.shown(collection, entry);
  // A resource with a TTL must be sent again, so that the server knows when to renew it.
  if (shown !== undefined && shown.version === version && shown.ttlMs === undefined) return undefined;
  if (shown === undefined && version === undefined && entry.resource === undefined)
    return interest.names.has(entry.name) ? gone(NOTHING_SENT) : undefined;
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

/** Whether the client must remove it. A virtual host may have been covered by an alias that it no longer has. */
function isLeft({ collection, interest, typeUrl }: Subscription, canonical: string, name: string): boolean {
  if (interest.covers(canonical) || interest.covers(name)) return !isKnown(collection, canonical, name);
  return typeUrl === VIRTUAL_HOST;
}

/** Whether a resource of this name exists or existed, also with its parameters in another order. */
function isKnown(collection: VersionedCollection, canonical: string, name: string): boolean {
  if (collection.entry(name) !== undefined || collection.entry(canonical) !== undefined) return true;
  return [...collection.aliases.standsFor(canonical)].some((other) => canonicalXdsName(other) === canonical);
}

function gone(holding: Holding): Exception {
  return exceptionOf(holding, NOTHING_HELD);
}
