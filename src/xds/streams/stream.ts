/**
 * One call of a client: applies its requests to its subscriptions. It must know neither the transport nor other streams.
 */
import { Answers } from './answers.js';
import { resumeDelta, subscribeDelta } from '../subscriptions/delta-request.js';
import { ClientViews } from './client-views.js';
import { Dependencies } from './dependencies.js';
import type { XdsClient } from './events.js';
import { authorizeNode } from '../protocol/authentication.js';
import { identify, identityOf } from '../protocol/identity.js';
import { requestError, requestedType } from '../protocol/request-errors.js';
import { UNKNOWN_NODE, type XdsNode } from '../wire/xds-node.js';
import { Outbox, type OutboxHost } from './outbox.js';
import { addressOf } from '../limits/address.js';
import type { AnsweringStream } from '../limits/answer-watch.js';
import type { StreamMemory } from '../limits/client-memory.js';
import { cameBack, resumeSotw, subscribeSotw } from '../subscriptions/sotw-request.js';
import { type ClientStatus, typeStatus } from '../subscriptions/status.js';
import type { StreamCall, StreamHost, StreamKind } from './stream-host.js';
import type { SubscriptionHost } from '../subscriptions/interest.js';
import { Subscription } from '../subscriptions/subscription.js';
import {
  type MessageSink,
  type MessageStream,
  STATUS,
  type StatusCode,
  StreamError,
} from '../transport/message-stream.js';
import type { Principal } from '../identities/principal.js';
import { takesHeartbeats, takesTtl } from '../batches/ttl.js';
import { CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { bytesOfNode } from '../wire/node-bytes.js';
import { shortId } from '../wire/words.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from '../wire/request.js';

export class XdsStream implements MessageSink, SubscriptionHost, XdsClient, AnsweringStream {
  readonly id: number;
  readonly kind: StreamKind;
  readonly connectedAt: number = Date.now();
  /** Who the client is, where calls are authenticated. */
  readonly principal: Principal | undefined;
  readonly memory: StreamMemory;
  readonly #host: StreamHost<XdsStream>;
  readonly #transport: MessageStream;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #dependencies: Dependencies;
  readonly #outbox: Outbox;
  readonly #answers: Answers<XdsStream>;
  #node: XdsNode | undefined;
  #identity = '';
  /** The view of this client for each type. */
  #views: ClientViews | undefined;
  #receiving = false;
  #ended = false;

  constructor(id: number, { kind, principal }: StreamCall, transport: MessageStream, host: StreamHost<XdsStream>) {
    this.id = id;
    this.kind = kind;
    this.principal = principal;
    this.memory = host.memory.open(addressOf(transport.peer));
    this.#host = host;
    this.#transport = transport;
    this.#dependencies = new Dependencies(this.#subscriptions);
    const { limits, bodies, oversized } = host;
    const outboxHost: OutboxHost = {
      limits,
      bodies,
      oversized,
      now: () => host.now(),
      sent: ({ typeUrl }, response) => host.sent(this, typeUrl, response),
      rejectedBy: ({ typeUrl }) => host.isolation.verdicts.rejectedBy(this.#identity, typeUrl),
    };
    const dependencies = kind.typeUrl === undefined ? this.#dependencies : undefined;
    this.#outbox = new Outbox(transport, outboxHost, `${id.toString(36)}-`, this.#subscriptions, dependencies);
    this.#answers = new Answers<XdsStream>(this, host, this.#outbox, this.#dependencies);
  }

  /** Known after the first request. */
  get node(): XdsNode {
    return this.#node ?? UNKNOWN_NODE;
  }

  get identified(): boolean {
    return this.#node !== undefined;
  }

  /** The same after a reconnect. Empty before the first request. */
  get identity(): string {
    return this.#identity;
  }

  get peer(): string {
    return this.#transport.peer;
  }

  get subscriptions(): Iterable<Subscription> {
    return this.#subscriptions.values();
  }

  get aggregated(): boolean {
    return this.kind.typeUrl === undefined;
  }

  get typeUrls(): Iterable<string> {
    return this.#subscriptions.keys();
  }

  /** The views of this client. Asked for again after a reassignment. */
  get views(): ClientViews {
    this.#views ??= new ClientViews((typeUrl) => this.#host.viewOf(this.node, typeUrl), this.aggregated);
    return this.#views;
  }

  /** The provider's views changed: ask for them again. */
  reassigned(): void {
    this.#views = undefined;
  }

  status(): ClientStatus {
    const { id, node, peer, connectedAt, principal } = this;
    const { mode } = this.kind;
    return {
      id,
      node,
      peer,
      principal: principal?.name,
      mode,
      aggregated: this.aggregated,
      connectedAt,
      types: this.#outbox.ordered.map(typeStatus),
    };
  }

  received(message: Buffer): void {
    if (this.#ended) return;
    this.#guard(() => {
      this.#receiving = true;
      try {
        // What a request says takes at least as much memory as its bytes.
        this.memory.require(message.length, this.memory.bytes);
        if (this.kind.mode === 'sotw') this.#receiveSotw(message);
        else this.#receiveDelta(message);
      } finally {
        this.#receiving = false;
      }
      if (this.#outbox.pending) this.#host.schedule(this);
    });
  }

  #receiveSotw(message: Buffer): void {
    const known = this.#outbox.ordered.map(({ exchange }) => exchange.nameBytes);
    const request = decodeDiscoveryRequest(message, known);
    this.#identify(request.node);
    const typeUrl = requestedType(request.typeUrl, this.kind.typeUrl);
    const existing = this.#subscriptions.get(typeUrl);
    const stale = existing !== undefined && request.responseNonce !== existing.exchange.lastNonce;
    if (existing !== undefined) this.#answers.apply(existing, request.responseNonce, request.error);
    const listed = existing?.exchange.nameBytes;
    if (listed !== undefined && (request.names === listed || request.names.equals(listed))) return;
    this.memory.require(request.names.length, listed?.length);
    const list = this.#host.coverages.list(request.names);
    this.memory.hold(list.bytes, list.bytes.length);
    const subscription = this.#change(typeUrl, (changed) =>
      subscribeSotw(changed, list, { first: existing === undefined, stale, coverages: this.#host.coverages }),
    );
    if (existing === undefined && request.versionInfo !== '') cameBack(subscription);
    if (listed !== undefined) this.memory.release(listed);
    if (existing === undefined && subscription.fullState && !this.#mayHoldMore(typeUrl))
      resumeSotw(subscription, request.versionInfo);
    this.memory.check();
    this.#subscribed(subscription);
  }

  #receiveDelta(message: Buffer): void {
    const request = decodeDeltaDiscoveryRequest(message, this.#host.limits.maxNames, this.#host.nameLists);
    this.#identify(request.node);
    const typeUrl = requestedType(request.typeUrl, this.kind.typeUrl);
    const existing = this.#subscriptions.get(typeUrl);
    if (existing !== undefined) this.#answers.apply(existing, request.responseNonce, request.error);
    if (existing !== undefined && request.subscribe.length + request.unsubscribe.length === 0) return;
    const subscription = this.#change(typeUrl, (changed) =>
      subscribeDelta(changed, request, existing === undefined, this.#host.coverages),
    );
    if (existing === undefined) this.#resumeDelta(subscription, request.initialVersions);
    this.memory.check();
    this.#subscribed(subscription);
  }

  /** The client rejected a response on its last stream and may have accepted a part of it, so its version does not say what it holds. */
  #mayHoldMore(typeUrl: string): boolean {
    return this.#host.rejectedBefore(this.#identity, typeUrl);
  }

  #resumeDelta(subscription: Subscription, initialVersions: ReadonlyMap<string, string>): void {
    this.memory.hold({}, resumeDelta(subscription, initialVersions));
    if (subscription.typeUrl !== CLUSTER_LOAD_ASSIGNMENT) return;
    const waitedFor = this.#host.interruptedWarming.take(this.#identity);
    if (waitedFor !== undefined) this.#dependencies.resumed(subscription, waitedFor);
  }

  /** The first request contains the node. Nodes in later requests are ignored. */
  #identify(bytes: Buffer | undefined): void {
    if (this.#node !== undefined) return;
    const node = identify(bytes);
    authorizeNode(this.principal, node);
    this.#node = node;
    this.#identity = identityOf(node);
    this.memory.hold(node, bytesOfNode(node));
    this.memory.check();
    const { mode } = this.kind;
    if (takesTtl(this.#node, mode)) this.#outbox.startRenewing(takesHeartbeats(this.#node, mode));
    this.#host.connected(this);
  }

  /** Changes the subscription to this type. In a transaction, because a provider may add the resources that it names. */
  #change(typeUrl: string, change: (subscription: Subscription) => void): Subscription {
    let subscription = this.#subscriptions.get(typeUrl);
    let changed = subscription;
    this.#host.transaction(() => {
      changed = subscription ?? this.#add(typeUrl);
      change(changed);
    });
    subscription = changed;
    if (subscription === undefined) throw new Error(`no subscription to ${typeUrl}`);
    return subscription;
  }

  #subscribed(subscription: Subscription): void {
    if (subscription.typeUrl === CLUSTER_LOAD_ASSIGNMENT) this.#dependencies.endpointsSubscribed(subscription);
    this.#host.subscribed(this, subscription.typeUrl);
  }

  #add(typeUrl: string): Subscription {
    const { maxTypes } = this.#host.limits;
    if (this.#subscriptions.size >= maxTypes)
      throw new StreamError(STATUS.resourceExhausted, `more than ${String(maxTypes)} types on one stream`, 'types');
    if (shortId(typeUrl) !== typeUrl)
      throw new StreamError(STATUS.invalidArgument, `invalid type_url ${shortId(typeUrl)}`);
    const views = this.views;
    const source = this.#host.attach(typeUrl, views.viewOf(typeUrl), views.keyOf(typeUrl));
    const subscription = new Subscription(typeUrl, this.kind.mode, source, this);
    this.#subscriptions.set(typeUrl, subscription);
    this.#outbox.subscriptionsChanged();
    return subscription;
  }

  /** Sends all responses that may be sent. Does nothing while a request is applied; the stream is pumped after it. */
  pump(): void {
    if (this.#ended || this.#receiving) return;
    this.#guard(() => {
      this.#outbox.pump();
      this.#host.waiting(this, this.#outbox.waitingSince);
      if (this.#outbox.renewing) this.#host.renewing(this, this.#outbox.renewalDue);
    });
  }

  drained(): void {
    this.#outbox.drained();
    this.pump();
  }

  /** Its last request is still answered, if there is an answer. */
  halfClosed(): void {
    this.pump();
    this.end(STATUS.ok, '');
  }

  closed(): void {
    this.#release();
  }

  get unansweredSince(): number | undefined {
    let oldest = Infinity;
    for (const { unansweredSince = Infinity } of this.#subscriptions.values())
      oldest = Math.min(oldest, unansweredSince);
    return oldest === Infinity ? undefined : oldest;
  }

  unanswered(error: StreamError): void {
    this.#fail(error);
  }

  tooFarBehind(): void {
    this.#fail(new StreamError(STATUS.aborted, 'too far behind: begin anew', 'tombstones'));
  }

  end(code: StatusCode, message: string): void {
    if (this.#ended) return;
    this.#release();
    this.#transport.end(code, message);
  }

  /** Releases everything, even if the client does not react to the end of the stream for a long time. */
  #release(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.kind.mode === 'delta')
      this.#host.interruptedWarming.interrupted(this.#identity, this.#dependencies.waitedFor());
    this.#host.closed(this);
    this.#host.transaction(() => {
      for (const subscription of this.#subscriptions.values()) {
        subscription.release();
        this.#host.detach(subscription);
      }
    });
    this.#subscriptions.clear();
    this.#outbox.subscriptionsChanged();
    this.memory.close();
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      const known = requestError(error);
      if (known !== undefined) this.#fail(known);
      else this.#fail(new StreamError(STATUS.internal, 'internal error'), error);
    }
  }

  #fail(error: StreamError, cause?: unknown): void {
    if (this.#ended) return;
    this.#host.failed(this, error, cause);
    this.end(error.code, error.message);
  }
}
