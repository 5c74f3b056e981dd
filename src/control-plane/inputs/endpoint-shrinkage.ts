/** Passes what EndpointSlices and Endpoints objects say on to the guard against sudden losses, and its answers to the model. */
import { type Resource, type ResourceKey, type ResourceRef, resourceKey } from '../../api/resource.js';
import type { EndpointSlice } from '../../generated/resources.js';
import type { Transaction } from '../../graph/index.js';
import { toSlices } from '../../mesh/discovery/kubernetes/kube-legacy-endpoints.js';
import { serviceKeysOf } from '../../mesh/discovery/kubernetes/kube-slices.js';
import { ShrinkGuard } from '../../mesh/discovery/kubernetes/shrink-guard.js';
import { type ServiceKey, serviceKey } from '../../mesh/model/kube-key.js';
import type { MeshInputs } from '../../mesh/tables.js';

/** The endpoints that are retained now, and how often a service lost too many at once. */
export interface ShrinkageCounts {
  readonly endpoints: number;
  readonly losses: number;
}

export class EndpointShrinkage {
  readonly #input: MeshInputs['retainedEndpoints'];
  readonly #guard: ShrinkGuard;
  /** The service that a resource is about. */
  readonly #services = new Map<ResourceKey, ServiceKey>();
  /** Number of retained endpoints. */
  readonly #retained = new Map<ServiceKey, number>();
  #losses = 0;

  /** @param grace milliseconds that lost endpoints stay; 0: none. */
  constructor(inputs: MeshInputs, grace: number) {
    this.#input = inputs.retainedEndpoints;
    this.#guard = new ShrinkGuard(grace);
  }

  /** A resource of any kind is in force. */
  put(resource: Resource<unknown>): void {
    const { kind } = resource.ref;
    if (kind !== 'EndpointSlice' && kind !== 'Endpoints') return;
    const key = resourceKey(resource.ref);
    const isSlice = kind === 'EndpointSlice';
    const [service] = isSlice ? serviceKeysOf(resource) : [serviceKey(resource.ref)];
    if (this.#services.get(key) !== service) this.remove(resource.ref);
    if (service === undefined) return;
    this.#services.set(key, service);
    // The decoder vouches for the type of a spec.
    const slices = isSlice ? [(resource.spec ?? {}) as EndpointSlice] : toSlices(resource.spec ?? {});
    this.#guard.report(service, { key, takesPrecedence: isSlice }, { ref: resource.ref, slices });
  }

  /** A resource of any kind was deleted. */
  remove(ref: ResourceRef): void {
    const key = resourceKey(ref);
    const service = this.#services.get(key);
    if (service === undefined) return;
    this.#services.delete(key);
    this.#guard.withdraw(service, { key });
  }

  /** Puts the endpoints that stay into the model, and takes those out whose time is over. */
  settle(transaction: Transaction, now: number): void {
    for (const [service, retained] of this.#guard.settle(now)) {
      if (retained !== undefined) {
        if (!this.#retained.has(service)) this.#losses += 1;
        this.#retained.set(service, retained.lost);
        transaction.set(this.#input, service, retained);
      } else if (this.#retained.delete(service)) transaction.delete(this.#input, service);
    }
  }

  /** When {@link settle} must be called next; `undefined`: when something changes. */
  next(): number | undefined {
    return this.#guard.next();
  }

  counts(): ShrinkageCounts {
    return { endpoints: [...this.#retained.values()].reduce((sum, count) => sum + count, 0), losses: this.#losses };
  }
}
