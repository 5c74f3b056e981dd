/**
 * What clusters entail on an aggregated stream: load assignments that must follow them, and listeners and routes that must
 * not follow while the client refuses them.
 */
import type { Batch } from '../subscriptions/batch.js';
import { mentionedNames } from './blame.js';
import { type InFlight, chunkNames } from '../subscriptions/in-flight.js';
import { newestOf } from '../resources/change-list.js';
import { NO_NAMES } from '../resources/coverage.js';
import { NOTHING_WARMING, type Subscriptions, type Warming } from './order.js';
import { chunksOf } from '../subscriptions/response.js';
import type { Subscription } from '../subscriptions/subscription.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

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
   * A chunk of clusters was sent: Envoy warms those that changed until it gets their load assignments, which it does not
   * always ask for again. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-warming
   */
  clustersSent(batch: Batch, index: number): void {
    const endpoints = this.#subscriptions.get(CLUSTER_LOAD_ASSIGNMENT);
    if (endpoints === undefined) return;
    const names = batch.chunks[index]?.endpoints ?? NO_NAMES;
    const { interest } = endpoints;
    const uncovered = [...names].filter((name) => !interest.covers(name));
    const covered = uncovered.length === 0 ? names : difference(names, uncovered);
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

  /** Clusters that the client refused and has no earlier version of. */
  get refused(): ReadonlySet<string> {
    return this.#refused;
  }

  stopWarming(): void {
    this.warming = NOTHING_WARMING;
  }

  clustersAccepted(clusters: Subscription, inFlight: InFlight): void {
    if (this.#refused.size === 0 && ![...this.#subscriptions.values()].some(({ held }) => held.size > 0)) return;
    this.#release(
      clusters.fullState ? NO_NAMES : difference(this.#refused, chunkNames(inFlight.batch, inFlight.index)),
    );
  }

  /**
   * Envoy names the clusters it refuses, and takes the others; a message without a name refuses all. A cluster of which the
   * client has an earlier version goes on with that.
   */
  clustersRefused(clusters: Subscription, inFlight: InFlight, message: string): void {
    this.stopWarming();
    const { batch, index } = inFlight;
    const news = clusters.fullState ? batch.changed : (batch.chunks[index]?.resources ?? []);
    const changed = news.map(({ name }) => name);
    const fresh = changed.filter(
      (name) => this.#refused.has(name) || (clusters.collection.entry(name)?.created ?? 0) > clusters.ackedSeq,
    );
    const blamed = mentionedNames(message, chunkNames(batch, index));
    const refused = blamed.size > 0 ? fresh.filter((name) => blamed.has(name)) : fresh;
    this.#release(new Set([...difference(this.#refused, changed), ...refused]));
  }

  /** From now on these are refused; what was held back for others is owed. */
  #release(refused: ReadonlySet<string>): void {
    this.#refused = refused;
    for (const subscription of this.#subscriptions.values()) subscription.release();
  }

  /** Whether the batch refers to clusters that the client is not offered yet. Those that are withheld are not waited for. */
  lacksClusters(batch: Batch): boolean {
    if (batch.clusters.size === 0) return false;
    const clusters = this.#subscriptions.get(CLUSTER);
    if (clusters?.interest.wildcard !== true || !clusters.collection.served) return false;
    return [...batch.clusters].some((name) => newestOf(clusters.collection.entry(name)) === undefined);
  }

  /** The batch without what depends on refused clusters; undefined if nothing of it may be sent now. */
  withoutRefused(subscription: Subscription, batch: Batch, maxBytes: number): Batch | undefined {
    const missing = this.#missingFor(batch);
    if (missing.size === 0 || batch.clusters.size === 0) return batch;
    const held = batch.changed.filter(({ clusters }) => clusters.some((name) => missing.has(name))).map(({ name }) => name);
    if (held.length === 0) return batch;
    // A full state cannot leave one out: that would remove it.
    if (subscription.fullState) return undefined;
    subscription.held.hold(held, batch);
    const changed = batch.changed.filter(({ name }) => !held.includes(name));
    const rest: Batch = {
      ...batch,
      changed,
      chunks: chunksOf({ ...batch, typeUrl: subscription.typeUrl, changed, resources: changed }, maxBytes),
    };
    if (changed.length > 0 || batch.removed.length > 0) return rest;
    subscription.skip(rest);
    return undefined;
  }

  /**
   * Clusters that this client must not be led to: it refused them, or they are withheld from it. A client that has nothing
   * yet is better off with routes of which one leads nowhere than with none.
   */
  #missingFor({ from }: Batch): ReadonlySet<string> {
    const clusters = this.#subscriptions.get(CLUSTER);
    const lacking = clusters?.collection.lacking ?? NO_NAMES;
    if (from < 0 || lacking.size === 0) return this.#refused;
    const withheld = [...lacking].filter((name) => clusters?.kept.has(name) !== true);
    return withheld.length === 0 ? this.#refused : new Set([...this.#refused, ...withheld]);
  }
}

function difference(names: ReadonlySet<string>, without: readonly string[]): ReadonlySet<string> {
  const rest = new Set(names);
  for (const name of without) rest.delete(name);
  return rest;
}
