/** What the server knows of a stream, as plain data for people and for client status discovery. */
import type { Mode } from '../protocol/mode.js';
import type { XdsNode } from '../wire/xds-node.js';
import { heldVersion } from '../holdings/holding.js';
import type { Nack } from '../holdings/exception.js';
import { outlivesDeletion } from '../protocol/type-urls.js';
import { stateVersion } from '../holdings/state-version.js';
import type { Subscription } from './subscription.js';

/**
 * NOT_SENT: nothing was sent yet, because no resource exists or because it waits for another type. STALE: sent and not answered
 * yet, or not asked for again after a NACK on an earlier stream. ERROR: something was rejected
 * and has neither been accepted nor removed since.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/status/v3/csds.proto
 */
export type ConfigStatus = 'SYNCED' | 'NOT_SENT' | 'STALE' | 'ERROR';

/** One type of one stream. */
export interface TypeStatus {
  readonly typeUrl: string;
  readonly view: string;
  readonly state: ConfigStatus;
  /** Milliseconds since the epoch: since when the state is what it is. */
  readonly since: number;
  readonly wildcard: boolean;
  /** Names subscribed to one by one. */
  readonly names: ReadonlySet<string>;
  /** Of the last response. */
  readonly sentVersion: string | undefined;
  /** Of the last response that was accepted, or of what the client came back with. */
  readonly ackedVersion: string | undefined;
  /** The last NACK, while something of it has neither been accepted nor removed. */
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
  /** Whether the stream carries all types, or a single one. */
  readonly aggregated: boolean;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  /** In the order in which changes go out. */
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

/** The version that the client accepted last, or came with. */
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

/** Whether the client came back with all that there is, so that there was nothing to send. */
function cameUpToDate(subscription: Subscription): boolean {
  const { standing, behind, interest, exchange } = subscription;
  if (exchange.sentVersion !== undefined || standing.seq < 0 || behind || !holdsWhatIsShown(subscription)) return false;
  return interest.content.high !== 0 || interest.content.low !== 0;
}

/** What others rejected and this client accepted counts as held; what it keeps for other reasons does not. */
function holdsWhatIsShown({ standing, collection, mode, fullState }: Subscription): boolean {
  // The removal of these is sent to no client.
  const outlives = (mode === 'sotw' && !fullState) || outlivesDeletion(collection.typeUrl);
  for (const [name, { holding }] of standing.exceptions) {
    const [held, newest] = [heldVersion(holding), collection.get(name)];
    if (newest === undefined && outlives) continue;
    if (held === undefined || held.version !== newest?.version) return false;
  }
  return true;
}
