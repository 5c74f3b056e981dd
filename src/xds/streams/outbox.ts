/**
 * Sends the responses of one stream, in the order of types. At most one response of each type is in flight. Nothing is sent while the client
 * does not read.
 */
import type { UpdateBatch } from '../batches/batch.js';
import type { BodyCache } from '../batches/body-cache.js';
import type { Dependencies } from './dependencies.js';
import type { SentResponse } from './events.js';
import type { InFlight } from '../batches/in-flight.js';
import type { RejectedVersions } from '../holdings/verdicts.js';
import type { XdsLimits } from '../protocol/limits.js';
import { type Subscriptions, limitsOf } from './type-order.js';
import type { OversizedResponses } from './oversized-responses.js';
import { Renewals } from './renewals.js';
import { type Chunk, encodeBody, encodeNonce } from '../batches/response.js';
import { type Subscription, UNLIMITED } from '../subscriptions/subscription.js';
import type { MessageStream } from '../transport/message-stream.js';
import { CLUSTER } from '../protocol/type-urls.js';

export interface OutboxHost {
  readonly limits: XdsLimits;
  readonly bodies: BodyCache;
  readonly oversized: OversizedResponses;
  /** Monotonic milliseconds. */
  now(): number;
  sent(subscription: Subscription, response: SentResponse): void;
  /** The versions of this type that the client rejected, on this stream or earlier ones. */
  rejectedBy(subscription: Subscription): RejectedVersions;
}

export class Outbox {
  readonly #stream: MessageStream;
  readonly #host: OutboxHost;
  /** `undefined` on a stream of a single type, which has no order. */
  readonly #dependencies: Dependencies | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #noncePrefix: string;
  /** The resources to renew. `undefined` for a client without support for TTLs. */
  #renewals: Renewals | undefined;
  #ordered: readonly Subscription[] = [];
  /** The subscriptions that the order of types delays, with the start of the delay in monotonic milliseconds. */
  readonly #waiting = new Map<Subscription, number>();
  #nonces = 0;
  #writable = true;

  constructor(
    stream: MessageStream,
    host: OutboxHost,
    noncePrefix: string,
    subscriptions: Subscriptions,
    dependencies: Dependencies | undefined,
  ) {
    this.#stream = stream;
    this.#host = host;
    this.#noncePrefix = noncePrefix;
    this.#subscriptions = subscriptions;
    this.#dependencies = dependencies;
  }

  /** The client supports TTLs. `heartbeats`: heartbeats without a message renew them. */
  startRenewing(heartbeats: boolean): void {
    this.#renewals = new Renewals(heartbeats);
  }

  get renewing(): boolean {
    return this.#renewals !== undefined;
  }

  /** The client accepted the response. From now on its resources are renewed. */
  accepted(subscription: Subscription, inFlight: InFlight): void {
    this.#renewals?.accepted(subscription, inFlight);
  }

  /** The client reads again after it stopped. */
  drained(): void {
    this.#writable = true;
  }

  /** The subscriptions of the stream changed. */
  subscriptionsChanged(): void {
    this.#ordered = [...this.#subscriptions.values()].sort((one, other) => one.order - other.order);
  }

  /** In the order of types. */
  get ordered(): readonly Subscription[] {
    return this.#ordered;
  }

  /** Whether there is something to send, independently of the order of types. */
  get pending(): boolean {
    if (this.#renewals?.empty === false) return true;
    return this.#ordered.some((subscription) => subscription.inFlight === undefined && !subscription.idle);
  }

  /** When the order of types began to delay a subscription, in monotonic milliseconds. `undefined`: it delays none. */
  get waitingSince(): number | undefined {
    let since: number | undefined;
    for (const began of this.#waiting.values()) if (since === undefined || began < since) since = began;
    return since;
  }

  /** Sends all that may go out now. */
  pump(): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const subscription of this.#ordered) {
        if (!this.#writable) return;
        if (this.#advance(subscription)) moved = true;
      }
    }
    if (this.#renewals?.empty === false) this.#renew(this.#renewals);
  }

  /** Renews due resources of types without other updates. */
  #renew(renewals: Renewals): void {
    const now = this.#host.now();
    for (const subscription of this.#ordered) {
      if (!this.#writable) return;
      const chunk = subscription.busy
        ? undefined
        : renewals.take(subscription, now, this.#host.limits.maxResponseBytes);
      if (chunk === undefined) continue;
      const nonce = this.#nextNonce();
      subscription.exchange.renewed(nonce, now);
      this.#writable = this.#stream.write(encodeNonce(nonce), encodeBody(chunk));
    }
  }

  /** When the next renewal is due, in monotonic milliseconds. `undefined`: no renewal can be sent before the client answers. */
  get renewalDue(): number | undefined {
    return this.#writable ? this.#renewals?.nextDue : undefined;
  }

  /** Sends the next response of this type. Returns true if its state advanced without a response, which may unblock other types. */
  #advance(subscription: Subscription): boolean {
    if (subscription.inFlight !== undefined || subscription.exchange.renewing !== undefined) return false;
    if (subscription.unfinished !== undefined) {
      this.#continue(subscription, subscription.unfinished);
      return false;
    }
    if (subscription.idle) {
      this.#waiting.delete(subscription);
      return false;
    }
    const { behind, standing } = subscription;
    const batch = this.#next(subscription);
    if (batch !== undefined) {
      this.#send(subscription, batch);
      return false;
    }
    if (!subscription.waits) this.#waiting.delete(subscription);
    else if (!this.#waiting.has(subscription)) this.#waiting.set(subscription, this.#host.now());
    return (behind && !subscription.behind) || subscription.standing.exceptions.size < standing.exceptions.size;
  }

  #next(subscription: Subscription): UpdateBatch | undefined {
    const { maxResponseBytes, orderDeadlineMs } = this.#host.limits;
    const dependencies = this.#dependencies;
    const rejected = this.#host.rejectedBy(subscription);
    if (dependencies === undefined) return subscription.next(UNLIMITED, rejected, maxResponseBytes);
    const expired = this.#expired(subscription, orderDeadlineMs);
    if (expired) dependencies.stopWarming();
    const limits = limitsOf(subscription, this.#subscriptions, dependencies.warming, expired);
    const batch = subscription.next(limits, rejected, maxResponseBytes);
    return batch === undefined || (!expired && dependencies.lacksClusters(batch)) ? undefined : batch;
  }

  /** Whether it has waited too long for answers to other types. */
  #expired(subscription: Subscription, orderDeadlineMs: number): boolean {
    const since = this.#waiting.get(subscription);
    return since !== undefined && this.#host.now() - since >= orderDeadlineMs;
  }

  #send(subscription: Subscription, batch: UpdateBatch): void {
    const nonce = this.#nextNonce();
    this.#waiting.delete(subscription);
    subscription.sent(batch, nonce, this.#host.now());
    this.#write(subscription, batch, 0, nonce);
  }

  #continue(subscription: Subscription, unfinished: InFlight): void {
    const nonce = this.#nextNonce();
    subscription.continued(unfinished, nonce, this.#host.now());
    this.#write(subscription, unfinished.batch, unfinished.index + 1, nonce);
  }

  #nextNonce(): string {
    this.#nonces += 1;
    return this.#noncePrefix + this.#nonces.toString(36);
  }

  #write(subscription: Subscription, batch: UpdateBatch, index: number, nonce: string): void {
    const chunk = batch.chunks[index];
    if (chunk === undefined) return;
    const body = this.#bodyOf(chunk);
    this.#host.oversized.sent(chunk, body.length);
    this.#writable = this.#stream.write(encodeNonce(nonce), body);
    if (subscription.typeUrl === CLUSTER) this.#dependencies?.clustersSent(batch, index);
    this.#host.sent(subscription, {
      version: chunk.version,
      resources: chunk.resources.length,
      removed: chunk.removed.length,
      bytes: body.length,
    });
  }

  #bodyOf(chunk: Chunk): Buffer {
    return this.#host.bodies.bodyOf(this.#renewals === undefined ? chunk : (chunk.timed ?? chunk));
  }
}
