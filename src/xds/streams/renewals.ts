/**
 * The resources with a TTL that one client holds, and when each must be renewed: after half of its TTL. It must not know how a renewal is
 * sent.
 */
import type { InFlight } from '../batches/in-flight.js';
import type { EncodedResource } from '../resources/resource.js';
import { type Chunk, chunkOf } from '../batches/response.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { resourcesHeld } from '../holdings/held-resources.js';
import { VIRTUAL_HOST } from '../protocol/type-urls.js';

interface Renewable {
  /** The version that the client accepted. */
  readonly resource: EncodedResource;
  /** Monotonic time in milliseconds. */
  readonly due: number;
}

interface RenewableType {
  readonly byName: Map<string, Renewable>;
  /** No renewal is due before this time. */
  earliest: number;
}

export class Renewals {
  readonly #heartbeats: boolean;
  readonly #types = new Map<Subscription, RenewableType>();

  /** `heartbeats`: renew without the message, for types that allow this. */
  constructor(heartbeats: boolean) {
    this.#heartbeats = heartbeats;
  }

  /** Whether no resource must be renewed. */
  get empty(): boolean {
    return this.#types.size === 0;
  }

  /** The client accepted this response. */
  accepted(subscription: Subscription, { batch, index, sentAt }: InFlight): void {
    const { resources = [], removed = [] } = batch.chunks[index] ?? {};
    let renewable = this.#types.get(subscription);
    if (subscription.fullState) renewable?.byName.clear();
    for (const name of removed) renewable?.byName.delete(name);
    for (const resource of resources) {
      renewable?.byName.delete(resource.name);
      if (resource.ttlMs === undefined) continue;
      renewable ??= { byName: new Map(), earliest: Infinity };
      renewable.byName.set(resource.name, { resource, due: sentAt + resource.ttlMs / 2 });
    }
    if (renewable !== undefined) this.#settle(subscription, renewable);
  }

  /** When the next renewal that can be sent is due, in monotonic milliseconds. `undefined`: none. */
  get nextDue(): number | undefined {
    let next = Infinity;
    for (const [subscription, { earliest }] of this.#types) if (!subscription.busy) next = Math.min(next, earliest);
    return next === Infinity ? undefined : next;
  }

  /** The renewal that is due for this type, up to `maxBytes`; the rest stays due. Call it to send the renewal. */
  take(subscription: Subscription, now: number, maxBytes: number): Chunk | undefined {
    const renewable = this.#types.get(subscription);
    if (renewable === undefined || renewable.earliest > now) return undefined;
    this.#forgetUnsubscribed(subscription, renewable);
    const due = [...renewable.byName.values()].filter((item) => item.due <= now).map(({ resource }) => resource);
    const renewed = subscription.fullState ? [...renewable.byName.values()].map(({ resource }) => resource) : due;
    const chunk = due.length === 0 ? undefined : this.#renewalOf(subscription, renewed, maxBytes);
    for (const resource of subscription.fullState ? renewed : (chunk?.resources ?? []))
      renewable.byName.set(resource.name, { resource, due: now + (resource.ttlMs ?? 0) / 2 });
    this.#settle(subscription, renewable);
    return chunk;
  }

  /** A deleted or unsubscribed resource is not renewed, so the client lets it expire. */
  #forgetUnsubscribed({ collection, interest }: Subscription, { byName }: RenewableType): void {
    for (const name of byName.keys())
      if (!interest.covers(name) || collection.get(name) === undefined) byName.delete(name);
  }

  #settle(subscription: Subscription, renewable: RenewableType): void {
    renewable.earliest = Infinity;
    for (const { due } of renewable.byName.values()) renewable.earliest = Math.min(renewable.earliest, due);
    if (renewable.byName.size === 0) this.#types.delete(subscription);
    else this.#types.set(subscription, renewable);
  }

  /**
   * Heartbeats, unless a resource without its message has another meaning. In a full state, Envoy treats it as removed, because it drops
   * heartbeats before it compares the names. A virtual host without a message does not exist.
   */
  #renewalOf(subscription: Subscription, living: readonly EncodedResource[], maxBytes: number): Chunk | undefined {
    const { mode, typeUrl, exchange } = subscription;
    const version = exchange.ackedVersion ?? '';
    if (!subscription.fullState) {
      const form = this.#heartbeats && typeUrl !== VIRTUAL_HOST ? 'heartbeat' : 'timed';
      return chunkOf({ mode, typeUrl, version, resources: living, form }, maxBytes);
    }
    // A full state that the client rejected or was not sent yet is not a renewal.
    if (subscription.nack !== undefined || subscription.behind) return undefined;
    const resources = [...resourcesHeld(subscription)];
    return chunkOf({ mode, typeUrl, version, resources, form: 'timed' }, Infinity);
  }
}
