/**
 * Sends the responses of one stream: type by type, one response in flight for each, and nothing while the client does not
 * read.
 */
import type { UpdateBatch } from '../batches/batch.js';
import type { BodyCache } from '../batches/body-cache.js';
import type { Dependencies } from './dependencies.js';
import type { SentResponse } from './events.js';
import type { InFlight } from '../batches/in-flight.js';
import type { RefusedVersions } from '../holdings/verdicts.js';
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
  /** What the client refused of this type, now or on an earlier stream. */
  refusedBy(subscription: Subscription): RefusedVersions;
}

export class Outbox {
  readonly #stream: MessageStream;
  readonly #host: OutboxHost;
  /** Undefined on a stream of a single type, where there is no order. */
  readonly #dependencies: Dependencies | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #noncePrefix: string;
  /** What must be renewed; undefined for a client that takes no time to live. */
  #renewals: Renewals | undefined;
  #ordered: readonly Subscription[] = [];
  /** Monotonic milliseconds since which the order of types holds something of it back. */
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

  /** The client takes resources that live for a time. `heartbeats`: it renews them by heartbeats without a message. */
  startRenewing(heartbeats: boolean): void {
    this.#renewals = new Renewals(heartbeats);
  }

  get renewing(): boolean {
    return this.#renewals !== undefined;
  }

  /** The client has what was in flight, and has it renewed from now on. */
  accepted(subscription: Subscription, inFlight: InFlight): void {
    this.#renewals?.accepted(subscription, inFlight);
  }

  /** The client reads again. */
  drained(): void {
    this.#writable = true;
  }

  /** The stream has other subscriptions now. */
  subscriptionsChanged(): void {
    this.#ordered = [...this.#subscriptions.values()].sort((one, other) => one.order - other.order);
  }

  /** In the order of the types. */
  get ordered(): readonly Subscription[] {
    return this.#ordered;
  }

  /** Something could go out if the order of types lets it. */
  get pending(): boolean {
    if (this.#renewals?.empty === false) return true;
    return this.#ordered.some((subscription) => subscription.inFlight === undefined && !subscription.idle);
  }

  /** Since when something has been held back by the order of types, in monotonic milliseconds; undefined if nothing is. */
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

  /** Renews what is due of the types that have nothing else to say. */
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

  /** When something must be renewed next, in monotonic milliseconds; undefined while that waits for the client. */
  get renewalDue(): number | undefined {
    return this.#writable ? this.#renewals?.nextDue : undefined;
  }

  /** Sends the next response of this type. True if it moved on silently, which may let other types go. */
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
    const refused = this.#host.refusedBy(subscription);
    if (dependencies === undefined) return subscription.next(UNLIMITED, refused, maxResponseBytes);
    const expired = this.#expired(subscription, orderDeadlineMs);
    if (expired) dependencies.stopWarming();
    const limits = limitsOf(subscription, this.#subscriptions, dependencies.warming, expired);
    const batch = subscription.next(limits, refused, maxResponseBytes);
    return batch === undefined || (!expired && dependencies.lacksClusters(batch)) ? undefined : batch;
  }

  /** Whether it waited for long enough for answers to other types. */
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
