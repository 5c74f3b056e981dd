/**
 * What one client has that lives for a limited time only, and when that must be renewed: after half of the time, and not
 * before. It must not know how a renewal is sent.
 */
import type { InFlight } from '../batches/in-flight.js';
import type { EncodedResource } from '../resources/resource.js';
import { type Chunk, chunkOf } from '../batches/response.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { resourcesHeld } from '../holdings/held-resources.js';
import { VIRTUAL_HOST } from '../protocol/type-urls.js';

interface Renewable {
  /** As the client accepted it. */
  readonly resource: EncodedResource;
  /** Monotonic milliseconds. */
  readonly due: number;
}

interface RenewableType {
  readonly byName: Map<string, Renewable>;
  /** No renewal is due before that. */
  earliest: number;
}

export class Renewals {
  readonly #heartbeats: boolean;
  readonly #types = new Map<Subscription, RenewableType>();

  /** `heartbeats`: without their messages, where the type lets that be. */
  constructor(heartbeats: boolean) {
    this.#heartbeats = heartbeats;
  }

  /** The client has nothing that must be renewed. */
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

  /** When the next renewal of a type that can be sent is due, in monotonic milliseconds; undefined for none. */
  get nextDue(): number | undefined {
    let next = Infinity;
    for (const [subscription, { earliest }] of this.#types) if (!subscription.busy) next = Math.min(next, earliest);
    return next === Infinity ? undefined : next;
  }

  /** The renewal that is due for this type, within `maxBytes`; what is left over stays due. It counts as sent. */
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

  /** A resource that was deleted or unsubscribed is not renewed: it expires at the client. */
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
   * Heartbeats, but where a resource without its message means something else: in a response that is the full state Envoy
   * takes it for removed (it leaves heartbeats out before it looks at what is there), and a virtual host without message is
   * one that does not exist.
   */
  #renewalOf(subscription: Subscription, living: readonly EncodedResource[], maxBytes: number): Chunk | undefined {
    const { mode, typeUrl, exchange } = subscription;
    const version = exchange.ackedVersion ?? '';
    if (!subscription.fullState) {
      const form = this.#heartbeats && typeUrl !== VIRTUAL_HOST ? 'heartbeat' : 'timed';
      return chunkOf({ mode, typeUrl, version, resources: living, form }, maxBytes);
    }
    // A full state that the client rejected, or has not been sent yet, is no renewal.
    if (subscription.nack !== undefined || subscription.behind) return undefined;
    const resources = [...resourcesHeld(subscription)];
    return chunkOf({ mode, typeUrl, version, resources, form: 'timed' }, Infinity);
  }
}
