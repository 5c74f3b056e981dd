/**
 * What clusters entail on an aggregated stream: load assignments that must follow them, and listeners and routes that must
 * not follow while the client refuses them.
 */
import type { Batch } from './batch.js';
import { NO_NAMES } from './interest.js';
import { NOTHING_WARMING, type Subscriptions, type Warming } from './order.js';
import type { EncodedResource } from './resource.js';
import { chunksOf } from './response.js';
import type { InFlight, Subscription } from './subscription.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from './type-urls.js';

export class Dependencies {
  readonly #subscriptions: Subscriptions;
  /** Load assignments that the client is expected to ask for. */
  warming: Warming = NOTHING_WARMING;
  /** Clusters that the client refused and has no earlier version of. */
  #refused: ReadonlySet<string> = NO_NAMES;

  constructor(subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  /**
   * Clusters were sent: Envoy warms them until it gets their load assignments, which it does not always ask for again.
   * https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-warming
   */
  clustersSent(batch: Batch): void {
    const endpoints = this.#subscriptions.get(CLUSTER_LOAD_ASSIGNMENT);
    if (endpoints === undefined || batch.endpoints.size === 0) return;
    const { interest } = endpoints;
    const uncovered = [...batch.endpoints].filter((name) => !interest.covers(name));
    const covered = uncovered.length === 0 ? batch.endpoints : difference(batch.endpoints, uncovered);
    endpoints.owe(covered, batch.from + 1);
    if (uncovered.length === 0 || !endpoints.named) return;
    this.warming = {
      names: new Set([...this.warming.names, ...uncovered]),
      from: Math.min(this.warming.from, batch.from),
    };
  }

  /** The client asked for load assignments: of those that were expected, none is waited for any more, but owed in their order. */
  endpointsSubscribed(endpoints: Subscription): void {
    const rest = [...this.warming.names].filter((name) => !endpoints.interest.covers(name));
    if (rest.length === this.warming.names.size) return;
    if (endpoints.owedSeq !== Infinity) endpoints.owedSeq = Math.min(endpoints.owedSeq, this.warming.from + 1);
    this.warming = rest.length === 0 ? NOTHING_WARMING : { names: new Set(rest), from: this.warming.from };
  }

  stopWarming(): void {
    this.warming = NOTHING_WARMING;
  }

  clustersAccepted(): void {
    this.#release(NO_NAMES);
  }

  /**
   * Envoy names the clusters it refuses, and takes the others; a message without a name refuses all. A cluster of which the
   * client has an earlier version goes on with that.
   */
  clustersRefused(clusters: Subscription, inFlight: InFlight, message: string): void {
    this.stopWarming();
    const fresh = inFlight.batch.changed
      .map(({ name }) => name)
      .filter((name) => (clusters.collection.entry(name)?.created ?? 0) > clusters.ackedSeq);
    const blamed = fresh.filter((name) => message.includes(name));
    this.#release(new Set(blamed.length > 0 ? blamed : fresh));
  }

  /** From now on these are refused; what was held back for others is owed. */
  #release(refused: ReadonlySet<string>): void {
    this.#refused = refused;
    for (const subscription of this.#subscriptions.values()) {
      const { held } = subscription;
      subscription.held = NO_NAMES;
      subscription.owe(held, subscription.collection.seq);
    }
  }

  /** Whether the batch refers to clusters that the client is not offered at all. */
  lacksClusters(batch: Batch): boolean {
    const clusters = this.#subscriptions.get(CLUSTER);
    if (clusters?.interest.wildcard !== true || !clusters.collection.served) return false;
    return batch.changed.some((resource) => resource.clusters.some((name) => clusters.collection.get(name) === undefined));
  }

  /** The batch without what depends on refused clusters; undefined if nothing of it may be sent now. */
  withoutRefused(subscription: Subscription, batch: Batch, maxBytes: number): Batch | undefined {
    if (this.#refused.size === 0 || subscription.typeUrl === CLUSTER) return batch;
    const held = batch.changed.filter((resource) => this.#dependsOnRefused(resource)).map(({ name }) => name);
    if (held.length === 0) return batch;
    // A full state cannot leave one out: that would remove it.
    if (subscription.fullState) return undefined;
    subscription.held = new Set([...subscription.held, ...held]);
    const changed = batch.changed.filter(({ name }) => !subscription.held.has(name));
    const rest: Batch = {
      ...batch,
      changed,
      chunks: chunksOf(batch.mode, subscription.typeUrl, batch.version, changed, batch.removed, maxBytes),
    };
    if (changed.length > 0 || batch.removed.length > 0) return rest;
    subscription.skip(rest);
    return undefined;
  }

  #dependsOnRefused(resource: EncodedResource): boolean {
    return resource.clusters.some((name) => this.#refused.has(name));
  }
}

function difference(names: ReadonlySet<string>, without: readonly string[]): ReadonlySet<string> {
  const rest = new Set(names);
  for (const name of without) rest.delete(name);
  return rest;
}
