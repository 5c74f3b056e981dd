/** The state of a stream as plain data, for users and for client status discovery. */
import type { Mode } from '../protocol/mode.js';
import type { XdsNode } from '../wire/xds-node.js';
import { heldVersion } from '../holdings/holding.js';
import type { Nack } from '../holdings/exception.js';
import { outlivesDeletion } from '../protocol/type-urls.js';
import { stateVersion } from '../holdings/state-version.js';
import type { Subscription } from './subscription.js';

/**
 * NOT_SENT: nothing was sent, because no resource exists or it waits for another type. STALE: the last response is not answered, or the type
 * was rejected on an earlier stream and not requested since. ERROR: a resource was rejected, and has neither been accepted nor removed since.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
export type ConfigStatus = 'SYNCED' | 'NOT_SENT' | 'STALE' | 'ERROR';

/** One type of one stream. */
export interface TypeStatus {
  readonly typeUrl: string;
  readonly view: string;
  readonly state: ConfigStatus;
  /** When the state began, in milliseconds since the epoch. */
  readonly since: number;
  readonly wildcard: boolean;
  /** The names in the subscription, without `*`. */
  readonly names: ReadonlySet<string>;
  /** The version of the last response. */
  readonly sentVersion: string | undefined;
  /** The version of the last accepted response, or of an earlier stream. */
  readonly ackedVersion: string | undefined;
  /** The last NACK, while a rejected resource has neither been accepted nor removed. */
  readonly error: Nack | undefined;
}

/** One stream. */
export interface ClientStatus {
  /** Unique per stream while the process lives. */
  readonly id: number;
  readonly node: XdsNode;
  readonly peer: string;
  /** The name of the principal that the client has proved to be; undefined where calls are not authenticated. */
  readonly principal: string | undefined;
  readonly mode: Mode;
  /** Whether the stream carries all types or only one. */
  readonly aggregated: boolean;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  /** In the order of types. */
  readonly types: readonly TypeStatus[];
}

export function typeStatus(subscription: Subscription): TypeStatus {
  const { typeUrl, collection, interest, exchange, nack } = subscription;
  const { since, sentVersion } = exchange;
  return {
    typeUrl,
    view: collection.view,
    state: configStatus(subscription),
    since,
    wildcard: interest.wildcard,
    names: interest.names,
    sentVersion,
    ackedVersion: acceptedVersion(subscription),
    error: nack,
  };
}

/** The version that the client accepted last, or has from an earlier stream. */
export function acceptedVersion(subscription: Subscription): string | undefined {
  const { exchange, collection, interest, view, standing } = subscription;
  const { ackedVersion } = exchange;
  if (ackedVersion !== undefined) return ackedVersion;
  return cameUpToDate(subscription) ? stateVersion(collection, interest, view, standing.exceptions) : undefined;
}

function configStatus(subscription: Subscription): ConfigStatus {
  const { nack, inFlight, unfinished, behind, exchange } = subscription;
  const { sentVersion } = exchange;
  if (nack !== undefined) return 'ERROR';
  if (sentVersion === undefined) return cameUpToDate(subscription) ? 'SYNCED' : 'NOT_SENT';
  return inFlight === undefined && unfinished === undefined && !behind && holdsWhatIsShown(subscription)
    ? 'SYNCED'
    : 'STALE';
}

/** Whether the client reconnected with the current state, so that nothing had to be sent. */
function cameUpToDate(subscription: Subscription): boolean {
  const { standing, behind, interest, exchange } = subscription;
  if (exchange.sentVersion !== undefined || standing.seq < 0 || behind || !holdsWhatIsShown(subscription)) return false;
  return interest.content.high !== 0 || interest.content.low !== 0;
}

/** A version that other clients rejected and this client accepted counts as held. Other resources that it keeps do not. */
function holdsWhatIsShown({ standing, collection, mode, fullState }: Subscription): boolean {
  // Clients are not sent the removal of these resources.
  const outlives = (mode === 'sotw' && !fullState) || outlivesDeletion(collection.typeUrl);
  for (const [name, { holding }] of standing.exceptions) {
    const [held, newest] = [heldVersion(holding), collection.get(name)];
    if (newest === undefined && outlives) continue;
    if (held === undefined || held.version !== newest?.version) return false;
  }
  return true;
}
