/**
 * The clusters that each connected Envoy must report on: those that count the requests of the failover destinations that it sees. Only
 * rows for connected Envoys are watched.
 */
import { clientScope, meshOf } from '../clients/client-scope.js';
import type { Graph, Observation } from '../../graph/index.js';
import { clusterScope } from '../../mesh/clusters/client-scope.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { XdsNode } from '../../xds/index.js';
import { toClient } from '../clients/client.js';
import { type OfferKey, audienceKey, offerKey } from '../../mesh/offers/visibility-key.js';

interface Watched {
  readonly observation: Observation<readonly string[]>;
  nodes: number;
}

const NONE: readonly string[] = [];

export class LoadInterest {
  readonly #graph: Graph;
  readonly #model: MeshModel;
  readonly #changed: () => void;
  /** By the key of what a client is offered. */
  readonly #watched = new Map<OfferKey, Watched>();
  readonly #offers = new Map<XdsNode, OfferKey>();
  #telling = false;

  /** `changed`: called soon after the result of `clustersOf` changes for some node. */
  constructor(graph: Graph, model: MeshModel, changed: () => void) {
    this.#graph = graph;
    this.#model = model;
    this.#changed = changed;
  }

  /** The number of watched offers. */
  get size(): number {
    return this.#watched.size;
  }

  /** Sorted names. Nodes with the same offer get the same array. The node is watched until it is released. */
  clustersOf(node: XdsNode): readonly string[] {
    const key = this.offerTo(node);
    const before = this.#offers.get(node);
    if (before !== key) {
      this.#watch(key).nodes += 1;
      this.#offers.set(node, key);
      if (before !== undefined) this.#unwatch(before);
    }
    return this.#watched.get(key)?.observation.row ?? NONE;
  }

  /** Stops watching the node. Does nothing for an unknown node. */
  release(node: XdsNode): void {
    const key = this.#offers.get(node);
    this.#offers.delete(node);
    if (key !== undefined) this.#unwatch(key);
  }

  /** The key of what the node is offered. */
  offerTo(node: XdsNode): OfferKey {
    const client = toClient(node);
    const { rules } = clientScope(this.#graph, this.#model);
    return offerKey(audienceKey(meshOf(this.#graph, this.#model, client), client.role), clusterScope(rules, client));
  }

  #watch(key: OfferKey): Watched {
    const known = this.#watched.get(key);
    if (known !== undefined) return known;
    const observation = this.#graph.observe(this.#model.failoverClusters.counted, key, () => this.#tell());
    const watched = { observation, nodes: 0 };
    this.#watched.set(key, watched);
    return watched;
  }

  /** Calls `changed` once for all changes of a commit. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#changed();
    });
  }

  #unwatch(key: OfferKey): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    watched.nodes -= 1;
    if (watched.nodes > 0) return;
    this.#watched.delete(key);
    watched.observation.close();
  }
}
