/** The parts of the server that a stream uses. */
import type { Mode } from '../protocol/mode.js';
import type { SentResponse } from './events.js';
import type { Coverages } from '../resources/coverage.js';
import type { ClientMemory } from '../limits/client-memory.js';
import type { InterruptedWarming } from './interrupted-warming.js';
import type { NackIsolation } from './nack-isolation.js';
import type { Principal } from '../identities/principal.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { OutboxHost } from './outbox.js';
import type { StreamError } from '../transport/message-stream.js';
import type { NameLists } from '../wire/name-lists.js';
import type { SubscriptionSource } from '../subscriptions/subscription.js';

/** The kind of a call. */
export interface StreamKind {
  readonly mode: Mode;
  /** The type of a service with a single type. `undefined`: the aggregated service. */
  readonly typeUrl: string | undefined;
}

/** The call that a stream is. */
export interface StreamCall {
  readonly kind: StreamKind;
  /** Who the client is, where calls are authenticated. */
  readonly principal: Principal | undefined;
}

/** The parts of the server that a stream uses. */
export interface StreamHost<Stream> extends Omit<OutboxHost, 'sent' | 'rejectedBy'> {
  readonly coverages: Coverages;
  readonly memory: ClientMemory;
  readonly nameLists: NameLists;
  readonly isolation: NackIsolation;
  readonly interruptedWarming: InterruptedWarming;
  /** Whether this client may have rejected a resource of this type on its last stream. */
  rejectedBefore(identity: string, typeUrl: string): boolean;
  viewOf(node: XdsNode, typeUrl: string): string;
  /** Adds a subscription to the collection, which is opened for the first one. Call it in a transaction. */
  attach(typeUrl: string, view: string, viewKey: string): SubscriptionSource;
  detach(source: SubscriptionSource): void;
  transaction(change: () => void): void;
  /** Pumps the stream at the end of the turn, once for all requests that have arrived. */
  schedule(stream: Stream): void;
  /** The order of types delays a response since this time. `undefined`: no longer. */
  waiting(stream: Stream, since: number | undefined): void;
  /** The stream must renew a resource at this time, in monotonic milliseconds. `undefined`: no renewal can be sent now. */
  renewing(stream: Stream, at: number | undefined): void;
  connected(stream: Stream): void;
  subscribed(stream: Stream, typeUrl: string): void;
  sent(stream: Stream, typeUrl: string, response: SentResponse): void;
  acked(stream: Stream, typeUrl: string, version: string, sinceMs: number): void;
  nacked(stream: Stream, typeUrl: string, version: string, message: string, names: readonly string[]): void;
  /** The server ended the stream with an error. `cause`: an error in the server. */
  failed(stream: Stream, error: StreamError, cause?: unknown): void;
  closed(stream: Stream): void;
}
