/**
 * How each resource of a subscription stands with its client. Derived when somebody asks, from what the stream keeps anyway:
 * how far it was told, what is in flight, and what was refused.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
import { seenBy } from '../subscriptions/kept.js';
import { type Entry, newestOf } from '../resources/change-list.js';
import type { Refusal } from '../subscriptions/refusals.js';
import type { EncodedResource } from '../resources/resource.js';
import { type SyncState, acceptedVersion } from '../subscriptions/status.js';
import type { Subscription } from '../subscriptions/subscription.js';

/** `envoy.admin.v3.ClientResourceStatus`: what the client must take the resource for, by what it was told and said. */
export type ClientResourceStatus = 'REQUESTED' | 'DOES_NOT_EXIST' | 'ACKED' | 'NACKED';

export interface ResourceStatus {
  readonly name: string;
  /**
   * SYNCED: the client accepted it as it is. NOT_SENT: the client has none of it. STALE: it is in flight, or the client has
   * an older one, or should let go of it. ERROR: the client refused it as it was sent last.
   */
  readonly state: SyncState;
  readonly client: ClientResourceStatus;
  /** That the client accepted: the resource's in the incremental protocol, else the type's. Empty where it is not known. */
  readonly version: string;
  /** As it is now, or as the client has it until it lets go; undefined where there is none. */
  readonly resource: EncodedResource | undefined;
  /** The last refusal, while it was not accepted since. */
  readonly error: Pick<Refusal, 'version' | 'message' | 'at'> | undefined;
}

/** Everything that the client subscribes to, and what it still has of what is gone. */
export function* resourceStatuses(subscription: Subscription): Generator<ResourceStatus, void> {
  const { collection, interest } = subscription;
  const standing = standingOf(subscription);
  const leaving = new Map([...leavingResources(subscription)].map((status) => [status.name, status]));
  const names = interest.wildcard ? new Set([...collection.names(), ...collection.lacking, ...interest.names]) : interest.names;
  for (const name of names) {
    const entry = collection.entry(name);
    // What it refused is withheld from it, too.
    const refused = subscription.refusalOf(name) !== undefined;
    const seen = entry && (refused ? newestOf(entry) : seenBy(subscription.kept, entry));
    if (entry !== undefined && seen !== undefined) yield ofExisting(subscription, standing, entry, seen);
    else if (!leaving.has(name)) yield ofMissing(subscription, standing, name);
  }
  yield* leaving.values();
}

/** What is on its way, and what is to follow it in further responses. */
interface Standing {
  readonly flying: ReadonlySet<string>;
  readonly following: ReadonlySet<string>;
  readonly version: string;
}

function standingOf(subscription: Subscription): Standing {
  const { inFlight, unfinished } = subscription;
  const { batch, index } = inFlight ?? unfinished ?? { batch: undefined, index: 0 };
  const changed = new Set(batch?.changed.map(({ name }) => name));
  const chunkNames = (at: number): readonly string[] => [
    ...(batch?.chunks[at]?.resources ?? []).flatMap(({ name }) => (changed.has(name) ? [name] : [])),
    ...(batch?.chunks[at]?.removed ?? []),
  ];
  const later = batch?.chunks.flatMap((_chunk, at) => (at > index ? chunkNames(at) : [])) ?? [];
  return {
    flying: new Set(inFlight === undefined ? [] : chunkNames(index)),
    following: new Set(later),
    version: acceptedVersion(subscription) ?? '',
  };
}

function ofExisting(
  subscription: Subscription,
  standing: Standing,
  entry: Entry,
  resource: EncodedResource,
): ResourceStatus {
  const { name } = entry;
  const refusal = subscription.refusalOf(name);
  const flies = standing.flying.has(name);
  const waits = !flies && isUntold(subscription, standing, entry);
  const settled = !flies && !waits && refusal === undefined;
  const had = settled || hasEarlier(subscription, entry);
  const current = subscription.mode === 'delta' && !waits && !flies ? resource.version : undefined;
  return {
    name,
    state: stateOf(flies, refusal !== undefined, waits, had),
    client: refusal !== undefined ? 'NACKED' : had ? 'ACKED' : 'REQUESTED',
    version: versionOf(subscription, standing, settled ? resource.version : '', had),
    resource,
    error: refusal && { ...refusal, version: current ?? refusal.version },
  };
}

function stateOf(flies: boolean, refused: boolean, waits: boolean, had: boolean): SyncState {
  if (flies) return 'STALE';
  if (refused) return 'ERROR';
  if (!waits) return 'SYNCED';
  return had ? 'STALE' : 'NOT_SENT';
}

function versionOf({ mode }: Subscription, { version }: Standing, own: string, had: boolean): string {
  if (mode === 'delta') return own;
  return had ? version : '';
}

/** Whether the resource as it is now has not been sent. */
function isUntold(subscription: Subscription, { following }: Standing, { name, seq }: Entry): boolean {
  const { sentSeq, owed } = subscription;
  const held = subscription.held.has(name);
  return sentSeq < 0 || seq > sentSeq || owed.has(name) || following.has(name) || held;
}

/** Whether the client accepted an earlier version of it. What it named itself since, it may not have had. */
function hasEarlier(subscription: Subscription, { name, created }: Entry): boolean {
  const { inFlight, unfinished, sentSeq, owed, refusedFrom } = subscription;
  const batch = (inFlight ?? unfinished)?.batch;
  if (owed.has(name) || batch?.owed.has(name) === true) return false;
  const heldFrom = subscription.held.has(name) ? subscription.held.from : Infinity;
  return created <= Math.min(batch?.from ?? sentSeq, refusedFrom, heldFrom);
}

function ofMissing(subscription: Subscription, { flying, following }: Standing, name: string): ResourceStatus {
  const { mode, fullState, sentSeq, owed, inFlight } = subscription;
  const waits = sentSeq < 0 || owed.has(name) || flying.has(name) || following.has(name);
  const told = (mode === 'delta' && !waits) || (fullState && sentSeq >= 0 && inFlight === undefined);
  return {
    name,
    state: 'NOT_SENT',
    client: told ? 'DOES_NOT_EXIST' : 'REQUESTED',
    version: '',
    resource: undefined,
    error: undefined,
  };
}

/** What the client has and should let go of: held back, on its way, or not told yet. */
function* leavingResources(subscription: Subscription): Generator<ResourceStatus, void> {
  const { collection, interest, leaving, sentSeq, inFlight } = subscription;
  const { version } = standingOf(subscription);
  const has = (name: string, resource: EncodedResource | undefined): ResourceStatus => ({
    name,
    state: 'STALE',
    client: 'ACKED',
    version: subscription.mode === 'delta' ? (resource?.version ?? '') : version,
    resource,
    error: undefined,
  });
  for (const { name, resource } of leaving) if (collection.get(name) === undefined) yield has(name, resource);
  const removed = inFlight?.batch.chunks[inFlight.index]?.removed ?? [];
  for (const name of removed)
    if (collection.get(name) === undefined && !interest.names.has(name)) yield has(name, collection.entry(name)?.last);
  if (sentSeq < 0) return;
  for (const { name, resource, last, born } of collection.since(sentSeq))
    if (resource === undefined && last !== undefined && born <= sentSeq && interest.covers(name)) yield has(name, last);
}
