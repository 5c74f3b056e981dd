/**
 * The status of each resource of a subscription. Computed on demand from what the client holds and what is in flight.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
import type { EncodedResource } from '../resources/resource.js';
import { isSameResource } from '../resources/resource.js';
import { type Holding, Unsure, heldVersion, mayHold } from '../holdings/holding.js';
import { updatesIn } from '../batches/in-flight.js';
import { namedEntries } from '../holdings/named-resources.js';
import type { Exception, Nack } from '../holdings/exception.js';
import { type ConfigStatus, acceptedVersion } from '../subscriptions/status.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { holdingOf } from '../holdings/subscription-state.js';

/** `envoy.admin.v3.ClientResourceStatus`: the resource's state in the client, by its answers. */
export type ClientResourceStatus = 'REQUESTED' | 'DOES_NOT_EXIST' | 'ACKED' | 'NACKED';

export interface ResourceStatus {
  readonly name: string;
  /**
   * SYNCED: the client accepted the newest version. NOT_SENT: the client has no version. STALE: the newest version is in flight, or the client
   * has an older one or one that it must remove. ERROR: the client rejected the version that was sent last.
   */
  readonly state: ConfigStatus;
  readonly client: ClientResourceStatus;
  /** The version that the client accepted: that of the resource in the incremental protocol, else that of the type. Empty if unknown. */
  readonly version: string;
  /** The newest version, or the one that the client must remove. `undefined` if there is none. */
  readonly resource: EncodedResource | undefined;
  /** The last NACK, until the client accepts a version. */
  readonly error: Pick<Nack, 'version' | 'message' | 'at'> | undefined;
}

/** All resources that the client subscribes to, and deleted ones that it still has. */
export function* resourceStatuses(subscription: Subscription): Generator<ResourceStatus, void> {
  const { collection, interest, standing } = subscription;
  const version = acceptedVersion(subscription) ?? '';
  const done = new Set<string>();
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    done.add(entry.name);
    const status = statusOf(subscription, entry.name, version);
    if (status !== undefined) yield status;
  }
  for (const name of [...standing.exceptions.keys(), ...interest.names]) {
    if (done.has(name)) continue;
    done.add(name);
    const status = statusOf(subscription, name, version);
    if (status !== undefined) yield status;
  }
}

function statusOf(subscription: Subscription, name: string, version: string): ResourceStatus | undefined {
  const { collection, view, interest, standing, inFlight } = subscription;
  const entry = collection.entry(name);
  const holding = holdingOf(subscription, name, entry);
  const exception = standing.exceptions.get(name);
  const covers = interest.covers(name);
  const shown = covers && entry !== undefined ? view.shown(collection, entry) : undefined;
  const newest = covers ? entry?.resource : undefined;
  const isInFlight = inFlight !== undefined && updatesIn(inFlight).has(name);
  if (newest === undefined && shown === undefined)
    return missing(subscription, name, { holding, exception, isInFlight, version });
  const held = heldVersion(holding);
  const rejected = exception?.nack !== undefined;
  const resource = rejected
    ? (newest ?? shown)
    : held !== undefined && isSameResource(held, newest)
      ? held
      : (shown ?? newest);
  const synced = held !== undefined && resource !== undefined && isSameResource(held, resource);
  const client = rejected ? 'NACKED' : held !== undefined ? 'ACKED' : 'REQUESTED';
  return {
    name,
    state: stateOf({ isInFlight, rejected, synced, has: mayHold(holding) && held !== undefined }),
    client,
    version: subscription.mode === 'delta' ? (held?.version ?? '') : held === undefined ? '' : version,
    resource,
    error: errorOf(subscription, exception, newest),
  };
}

function errorOf(
  { mode }: Subscription,
  exception: Exception | undefined,
  newest: EncodedResource | undefined,
): ResourceStatus['error'] {
  if (exception?.nack === undefined) return undefined;
  const { nack } = exception;
  return mode === 'delta' ? { ...nack, version: exception.rejected.at(-1) ?? newest?.version ?? '' } : nack;
}

function stateOf({
  isInFlight,
  rejected,
  synced,
  has,
}: Readonly<Record<'isInFlight' | 'rejected' | 'synced' | 'has', boolean>>): ConfigStatus {
  if (isInFlight) return 'STALE';
  if (rejected) return 'ERROR';
  if (synced) return 'SYNCED';
  return has ? 'STALE' : 'NOT_SENT';
}

interface Missing {
  readonly holding: Holding;
  readonly exception: Exception | undefined;
  readonly isInFlight: boolean;
  readonly version: string;
}

/** For a name without a resource: the client must remove it, or knows that it does not exist. */
function missing(
  subscription: Subscription,
  name: string,
  { holding, exception, isInFlight, version }: Missing,
): ResourceStatus | undefined {
  const { mode, fullState, interest, standing, inFlight } = subscription;
  const held = heldVersion(holding);
  if (held !== undefined)
    return {
      name,
      state: 'STALE',
      client: 'ACKED',
      version: mode === 'delta' ? held.version : version,
      resource: held,
      error: undefined,
    };
  if (!interest.names.has(name)) return undefined;
  const waits = standing.seq < 0 || exception?.due === true || holding instanceof Unsure || isInFlight;
  const answered = (mode === 'delta' && !waits) || (fullState && standing.seq >= 0 && inFlight === undefined);
  return {
    name,
    state: 'NOT_SENT',
    client: answered ? 'DOES_NOT_EXIST' : 'REQUESTED',
    version: '',
    resource: undefined,
    error: undefined,
  };
}
