/**
 * The dependencies of other types on clusters, on an aggregated stream: load assignments must follow their clusters, and resources must not
 * refer to clusters that the client is not offered.
 */
import type { UpdateBatch } from '../batches/batch.js';
import { NO_NAMES } from '../resources/coverage.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';
import { ALL_NAMES, type WaitedFor } from './interrupted-warming.js';
import { NOTHING_WARMING, type Subscriptions, type Warming } from './type-order.js';

export class Dependencies {
  readonly #subscriptions: Subscriptions;
  /** Load assignments that the client is expected to subscribe to. */
  #warming: Warming = NOTHING_WARMING;
  /** Load assignments of clusters that were sent before the client subscribed to any. */
  #early: readonly ReadonlySet<string>[] = [];

  constructor(subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  get warming(): Warming {
    return this.#warming;
  }

  /**
   * A chunk of clusters was sent. Envoy warms the changed clusters until it gets their load assignments, and does not always subscribe to
   * them again. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-warming
   */
  clustersSent(batch: UpdateBatch, index: number): void {
    const endpoints = this.#subscriptions.get(CLUSTER_LOAD_ASSIGNMENT);
    const names = batch.chunks[index]?.endpoints ?? NO_NAMES;
    if (endpoints === undefined) {
      this.#early = [...this.#early, names];
      return;
    }
    const covered = endpoints.interest.coveredOf(names);
    const { from } = batch;
    endpoints.demand(covered, from);
    if (covered.size === names.size || !endpoints.exchange.named) return;
    this.#warming = {
      names: new Set([...this.#warming.names, ...[...names].filter((name) => !covered.has(name))]),
      from: Math.min(this.#warming.from, from),
    };
  }

  /** The client reconnected and subscribes to load assignments. It was waiting for these when its last stream ended. */
  resumed(endpoints: Subscription, waitedFor: WaitedFor): void {
    const { collection, interest } = endpoints;
    endpoints.demand(interest.coveredOf(waitedFor === ALL_NAMES ? interest.names : waitedFor), collection.seq - 1);
  }

  /** Load assignments that the client may be waiting for: of clusters that were sent, and load assignments that it has not acknowledged. */
  waitedFor(): ReadonlySet<string> {
    const names = new Set(this.#subscriptions.get(CLUSTER_LOAD_ASSIGNMENT)?.unanswered());
    const clusters = this.#subscriptions.get(CLUSTER);
    const chunks = (clusters?.inFlight ?? clusters?.unfinished)?.batch.chunks ?? [];
    for (const { endpoints } of chunks) for (const name of endpoints) names.add(name);
    return names;
  }

  /** The client subscribed to load assignments. The expected ones become due at the sequence number of their clusters. */
  endpointsSubscribed(endpoints: Subscription): void {
    this.#demandEarly(endpoints);
    const { names, from } = this.#warming;
    const rest = [...names].filter((name) => !endpoints.interest.covers(name));
    if (rest.length === names.size) return;
    endpoints.demandFrom(from);
    this.#warming = rest.length === 0 ? NOTHING_WARMING : { names: new Set(rest), from };
  }

  /** A client with load assignments of an earlier stream needs those of the sent clusters again. */
  #demandEarly(endpoints: Subscription): void {
    const { interest, collection } = endpoints;
    for (const names of this.#early) endpoints.demand(interest.coveredOf(names), collection.seq - 1);
    this.#early = [];
  }

  /** Stops waiting for the expected subscriptions. */
  stopWarming(): void {
    this.#warming = NOTHING_WARMING;
  }

  /** Whether the batch refers to clusters that do not exist for this client. */
  lacksClusters(batch: UpdateBatch): boolean {
    if (batch.clusters.size === 0) return false;
    const clusters = this.#subscriptions.get(CLUSTER);
    if (clusters?.interest.wildcard !== true || !clusters.collection.served) return false;
    const { collection, view } = clusters;
    const { exceptions } = clusters.standing;
    for (const name of batch.clusters) {
      const entry = collection.entry(name);
      const shown = entry && view.shown(collection, entry);
      if (shown === undefined && entry?.resource === undefined && !exceptions.has(name)) return true;
    }
    return false;
  }
}
