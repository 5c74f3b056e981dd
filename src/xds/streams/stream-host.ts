/** What a stream needs of the server that it belongs to. */
import type { Mode } from '../subscriptions/batch.js';
import type { SentResponse } from './events.js';
import type { Coverages } from '../resources/coverage.js';
import type { InterruptedWarming } from './interrupted-warming.js';
import type { Isolation } from './isolation.js';
import type { XdsNode } from '../wire/xds-node.js';
import type { OutboxHost } from './outbox.js';
import type { XdsStream } from './stream.js';
import type { StreamError } from '../transport/message-stream.js';
import type { NameLists } from '../wire/name-lists.js';
import type { SubscriptionSource } from '../subscriptions/subscription.js';

/** What kind of call a stream is. */
export interface StreamKind {
  readonly mode: Mode;
  /** The only type that the service serves; undefined for the aggregated service. */
  readonly typeUrl: string | undefined;
}

/** What a stream needs of the server. */
export interface StreamHost extends Omit<OutboxHost, 'sent' | 'refusedBy'> {
  readonly coverages: Coverages;
  readonly nameLists: NameLists;
  readonly isolation: Isolation;
  readonly interruptedWarming: InterruptedWarming;
  /** Whether the last stream of this node ended with something of this type refused. */
  refusedBefore(nodeId: string, typeUrl: string): boolean;
  viewOf(node: XdsNode, typeUrl: string): string;
  /** The collection, opened if this is its first subscription; call it in a transaction. */
  attach(typeUrl: string, view: string, viewKey: string): SubscriptionSource;
  detach(source: SubscriptionSource): void;
  transaction(change: () => void): void;
  /** Pump the stream soon, once for all requests that have arrived by then. */
  schedule(stream: XdsStream): void;
  /** The stream holds something back by the order of types since then; undefined if it does not. */
  holding(stream: XdsStream, since: number | undefined): void;
  /** The stream must renew something then, in monotonic milliseconds; undefined if there is nothing that can be renewed now. */
  renewing(stream: XdsStream, at: number | undefined): void;
  connected(stream: XdsStream): void;
  subscribed(stream: XdsStream, typeUrl: string): void;
  sent(stream: XdsStream, typeUrl: string, response: SentResponse): void;
  acked(stream: XdsStream, typeUrl: string, version: string, sinceMs: number): void;
  nacked(stream: XdsStream, typeUrl: string, version: string, message: string, names: readonly string[]): void;
  /** The server ended the stream. `cause` is ours to mend. */
  failed(stream: XdsStream, error: StreamError, cause?: unknown): void;
  closed(stream: XdsStream): void;
}
