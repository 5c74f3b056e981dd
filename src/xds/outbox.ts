/**
 * Sends what the subscriptions of one stream have to tell: type after type, one response in flight each, and nothing while
 * the client does not read.
 */
import type { Batch } from './batch.js';
import type { BodyCache } from './body-cache.js';
import type { Dependencies } from './dependencies.js';
import type { SentResponse } from './events.js';
import type { XdsLimits } from './limits.js';
import { type Subscriptions, limitsAfterDeadline, limitsOf } from './order.js';
import { type Chunk, encodeNonce } from './response.js';
import { type Subscription, UNLIMITED } from './subscription.js';
import type { MessageStream } from './transport/message-stream.js';
import { CLUSTER } from './type-urls.js';

export interface OutboxHost {
  readonly limits: XdsLimits;
  readonly bodies: BodyCache;
  /** Monotonic milliseconds. */
  now(): number;
  sent(subscription: Subscription, response: SentResponse): void;
}

export class Outbox {
  readonly #stream: MessageStream;
  readonly #host: OutboxHost;
  /** Undefined on a stream of a single type, where there is no order. */
  readonly #dependencies: Dependencies | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #noncePrefix: string;
  #ordered: readonly Subscription[] = [];
  #nonces = 0;
  #writable = true;

  constructor(stream: MessageStream, host: OutboxHost, noncePrefix: string, subscriptions: Subscriptions, dependencies: Dependencies | undefined) {
    this.#stream = stream;
    this.#host = host;
    this.#noncePrefix = noncePrefix;
    this.#subscriptions = subscriptions;
    this.#dependencies = dependencies;
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
    return this.#ordered.some((subscription) => subscription.inFlight === undefined && !subscription.idle);
  }

  /** Since when something has been held back by the order of types, in monotonic milliseconds; undefined if nothing is. */
  get heldSince(): number | undefined {
    let since: number | undefined;
    for (const { heldSince } of this.#ordered) {
      if (heldSince !== undefined && (since === undefined || heldSince < since)) since = heldSince;
    }
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
  }

  /** Sends the next response of this type. True if it moved on silently, which may let other types go. */
  #advance(subscription: Subscription): boolean {
    if (subscription.inFlight !== undefined) return false;
    if (subscription.unfinished !== undefined) {
      this.#continue(subscription);
      return false;
    }
    if (subscription.idle) {
      subscription.heldSince = undefined;
      return false;
    }
    const { told, leaving } = subscription;
    const batch = this.#next(subscription);
    if (batch !== undefined) this.#send(subscription, batch);
    else if (!subscription.idle) subscription.heldSince ??= this.#host.now();
    return batch === undefined && ((subscription.told && !told) || subscription.leaving.length < leaving.length);
  }

  #next(subscription: Subscription): Batch | undefined {
    const { maxResponseBytes, orderDeadlineMs } = this.#host.limits;
    const dependencies = this.#dependencies;
    if (dependencies === undefined) return subscription.next(UNLIMITED, maxResponseBytes);
    const expired = subscription.heldSince !== undefined && this.#host.now() - subscription.heldSince >= orderDeadlineMs;
    if (expired) dependencies.stopWarming();
    const limits = expired
      ? limitsAfterDeadline(subscription, this.#subscriptions)
      : limitsOf(subscription, this.#subscriptions, dependencies.warming);
    const batch = subscription.next(limits, maxResponseBytes);
    if (batch === undefined || (!expired && dependencies.lacksClusters(batch))) return undefined;
    return dependencies.withoutRefused(subscription, batch, maxResponseBytes);
  }

  #send(subscription: Subscription, batch: Batch): void {
    const nonce = this.#nextNonce();
    subscription.heldSince = undefined;
    subscription.sent(batch, nonce);
    this.#write(subscription, batch.chunks[0], nonce);
    if (subscription.typeUrl === CLUSTER) this.#dependencies?.clustersSent(batch);
  }

  #continue(subscription: Subscription): void {
    const { unfinished } = subscription;
    if (unfinished === undefined) return;
    const nonce = this.#nextNonce();
    subscription.continued(unfinished, nonce);
    this.#write(subscription, unfinished.batch.chunks[unfinished.index + 1], nonce);
  }

  #nextNonce(): string {
    this.#nonces += 1;
    return this.#noncePrefix + this.#nonces.toString(36);
  }

  #write(subscription: Subscription, chunk: Chunk | undefined, nonce: string): void {
    if (chunk === undefined) return;
    const body = this.#host.bodies.bodyOf(chunk);
    this.#writable = this.#stream.write(encodeNonce(nonce), body);
    this.#host.sent(subscription, {
      version: chunk.version,
      resources: chunk.resources.length,
      removed: chunk.removed.length,
      bytes: body.length,
    });
  }
}
