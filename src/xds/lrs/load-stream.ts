/**
 * One client with load reports. It is sent the clusters to report on, and its reports are stored until the stream ends.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/load_stats/v3/lrs.proto
 */
import { authorizeNode } from '../protocol/authentication.js';
import type { Call, CallHandler } from '../protocol/calls.js';
import { identify } from '../protocol/identity.js';
import type { XdsNode } from '../wire/xds-node.js';
import { addLoad } from './cumulative.js';
import type { ClusterLoad, LoadReport, NodeLoad } from './load-report.js';
import { type AskedClusters, SENDS_ALL_CLUSTERS } from './load-reporting.js';
import { decodeClusterLoads, nodeBytes } from './load-request.js';

/** Limit of stored clusters, for a client that reports on all clusters. */
const MAX_CLUSTERS = 10_000;

export interface LoadStreamHost {
  clustersOf(node: XdsNode): AskedClusters;
  /** The bytes of a LoadStatsResponse. */
  responseFor(asked: AskedClusters): Buffer;
  reported(report: LoadReport): void;
  closed(stream: LoadStream): void;
}

export class LoadStream implements CallHandler {
  readonly id: number;
  readonly #call: Call;
  readonly #host: LoadStreamHost;
  #node: XdsNode | undefined;
  /** The clusters that the client was last asked for. */
  #asked: AskedClusters | undefined;
  #names: ReadonlySet<string> = new Set();
  #reportedAt: number | undefined;
  #latest: ReadonlyMap<string, ClusterLoad> = new Map();
  readonly #cumulative = new Map<string, ClusterLoad>();

  constructor(id: number, call: Call, host: LoadStreamHost) {
    this.id = id;
    this.#call = call;
    this.#host = host;
  }

  /** `undefined` before the first request. */
  get node(): XdsNode | undefined {
    return this.#node;
  }

  /** The number of stored clusters. */
  get clusters(): number {
    return this.#cumulative.size;
  }

  load(node: XdsNode): NodeLoad {
    return {
      id: this.id,
      node,
      reportedAt: this.#reportedAt,
      latest: this.#latest,
      cumulative: new Map(this.#cumulative),
    };
  }

  received(message: Buffer): void {
    const first = this.#node === undefined;
    const node = (this.#node ??= this.#identify(message));
    const loads = decodeClusterLoads(message).filter(({ cluster }) => this.#wants(cluster));
    if (first) this.ask();
    else this.#take(node, loads);
  }

  #identify(message: Buffer): XdsNode {
    const node = identify(nodeBytes(message));
    authorizeNode(this.#call.principal, node);
    return node;
  }

  /** Sends the clusters to report on, if they changed. */
  ask(): void {
    const asked = this.#node && this.#askedNow(this.#node);
    if (asked === undefined || !this.#call.writable || equalClusters(asked, this.#asked)) return;
    this.#asked = asked;
    this.#names = new Set(asked === 'all' ? [] : asked);
    for (const cluster of this.#cumulative.keys()) if (!this.#wants(cluster)) this.#cumulative.delete(cluster);
    this.#call.send(this.#host.responseFor(asked));
  }

  #askedNow(node: XdsNode): AskedClusters {
    const asked = this.#host.clustersOf(node);
    return asked !== 'all' || node.clientFeatures.includes(SENDS_ALL_CLUSTERS) ? asked : NOTHING;
  }

  #wants(cluster: string): boolean {
    if (this.#asked !== 'all') return this.#names.has(cluster);
    return this.#cumulative.has(cluster) || this.#cumulative.size < MAX_CLUSTERS;
  }

  #take(node: XdsNode, loads: readonly ClusterLoad[]): void {
    this.#reportedAt = Date.now();
    this.#latest = new Map(loads.map((load) => [load.cluster, load]));
    for (const load of loads)
      if (this.#wants(load.cluster))
        this.#cumulative.set(load.cluster, addLoad(this.#cumulative.get(load.cluster), load));
    this.#host.reported({ node, clusters: loads });
  }

  drained(): void {
    this.ask();
  }

  closed(): void {
    this.#host.closed(this);
  }
}

const NOTHING: readonly string[] = [];

function equalClusters(one: AskedClusters, other: AskedClusters | undefined): boolean {
  if (one === other) return true;
  if (one === 'all' || other === 'all' || other === undefined) return false;
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
