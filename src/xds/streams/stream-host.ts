/** What a stream needs of the server that it belongs to. */
import type { Mode } from '../protocol/mode.js';
import type { SentResponse } from './events.js';
import type { Coverages } from '../resources/coverage.js';
import type { ClientMemory } from '../limits/client-memory.js';
import type { InterruptedWarming } from './interrupted-warming.js';
import type { NackIsolation } from './nack-isolation.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { OutboxHost } from './outbox.js';
import type { StreamError } from '../transport/message-stream.js';
import type { NameLists } from '../wire/name-lists.js';
import type { SubscriptionSource } from '../subscriptions/subscription.js';

/** What kind of call a stream is. */
export interface StreamKind {
  readonly mode: Mode;
  /** The only type that the service serves; undefined for the aggregated service. */
  readonly typeUrl: string | undefined;
}

/** What a stream needs of the server, which knows it as `Stream`. */
export interface StreamHost<Stream> extends Omit<OutboxHost, 'sent' | 'refusedBy'> {
  readonly coverages: Coverages;
  readonly memory: ClientMemory;
  readonly nameLists: NameLists;
  readonly isolation: NackIsolation;
  readonly interruptedWarming: InterruptedWarming;
  /** Whether the last stream of this client may have ended with something of this type refused. */
  refusedBefore(identity: string, typeUrl: string): boolean;
  viewOf(node: XdsNode, typeUrl: string): string;
  /** The collection, opened if this is its first subscription; call it in a transaction. */
  attach(typeUrl: string, view: string, viewKey: string): SubscriptionSource;
  detach(source: SubscriptionSource): void;
  transaction(change: () => void): void;
  /** Pump the stream soon, once for all requests that have arrived by then. */
  schedule(stream: Stream): void;
  /** The stream holds something back by the order of types since then; undefined if it does not. */
  waiting(stream: Stream, since: number | undefined): void;
  /** The stream must renew something then, in monotonic milliseconds; undefined if there is nothing that can be renewed now. */
  renewing(stream: Stream, at: number | undefined): void;
  connected(stream: Stream): void;
  subscribed(stream: Stream, typeUrl: string): void;
  sent(stream: Stream, typeUrl: string, response: SentResponse): void;
  acked(stream: Stream, typeUrl: string, version: string, sinceMs: number): void;
  nacked(stream: Stream, typeUrl: string, version: string, message: string, names: readonly string[]): void;
  /** The server ended the stream. `cause` is ours to mend. */
  failed(stream: Stream, error: StreamError, cause?: unknown): void;
  closed(stream: Stream): void;
}
