/**
 * One client with load reports. It is sent the clusters to report on, and its reports are stored until the stream ends.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/load_stats/v3/lrs.proto
 */
import { authorizeNode } from '../protocol/authentication.js';
import type { Call, CallHandler } from '../protocol/calls.js';
import { identify } from '../protocol/identity.js';
import { addressOf } from '../limits/address.js';
import type { ClientMemory, StreamMemory } from '../limits/client-memory.js';
import { STATUS, StreamError } from '../transport/message-stream.js';
import { bytesOfNode } from '../wire/node-bytes.js';
import type { XdsNode } from '../wire/xds-node.js';
import { addLoad, bytesOfLoad } from './cumulative.js';
import type { ClusterLoad, LoadReport, NodeLoad } from './load-report.js';
import { type AskedClusters, SENDS_ALL_CLUSTERS } from './load-reporting.js';
import { decodeClusterLoads, nodeBytes } from './load-request.js';

/** Bytes of one report: a message of many empty parts takes a hundred times as much memory as it has bytes. */
const MAX_REPORT_BYTES = 4 << 20;

/** Clusters that are kept of a client that reports on all it has. */
const MAX_CLUSTERS = 10_000;

export interface LoadStreamHost {
  readonly memory: ClientMemory;
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
  readonly #memory: StreamMemory;
  /** Stands for all that is kept of the reports, which takes so many bytes. */
  #kept = {};
  #latestBytes = 0;
  #cumulativeBytes = 0;

  constructor(id: number, call: Call, host: LoadStreamHost) {
    this.id = id;
    this.#call = call;
    this.#host = host;
    this.#memory = host.memory.open(addressOf(call.peer));
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
    if (message.length > MAX_REPORT_BYTES)
      throw new StreamError(STATUS.resourceExhausted, 'the load report is too large', 'request-size');
    const first = this.#node === undefined;
    const node = this.#node ?? this.#identify(message);
    const loads = decodeClusterLoads(message).filter(({ cluster }) => this.#wants(cluster));
    if (first) this.ask();
    else this.#take(node, loads);
  }

  #identify(message: Buffer): XdsNode {
    const node = identify(nodeBytes(message));
    authorizeNode(this.#call.principal, node);
    this.#node = node;
    this.#memory.hold(node, bytesOfNode(node));
    this.#memory.check();
    return node;
  }

  /** Sends the clusters to report on, if they changed. */
  ask(): void {
    const asked = this.#node && this.#askedNow(this.#node);
    if (asked === undefined || !this.#call.writable || equalClusters(asked, this.#asked)) return;
    this.#asked = asked;
    this.#names = new Set(asked === 'all' ? [] : asked);
    for (const cluster of this.#cumulative.keys()) if (!this.#wants(cluster)) this.#forget(cluster);
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
    for (const load of loads) if (this.#wants(load.cluster)) this.#add(load);
    this.#latestBytes = loads.reduce((sum, load) => sum + bytesOfLoad(load), 0);
    this.#count();
    this.#host.reported({ node, clusters: loads });
  }

  #add(load: ClusterLoad): void {
    const before = this.#cumulative.get(load.cluster);
    const after = addLoad(before, load);
    this.#cumulativeBytes += bytesOfLoad(after) - (before === undefined ? 0 : bytesOfLoad(before));
    this.#cumulative.set(load.cluster, after);
  }

  #forget(cluster: string): void {
    const load = this.#cumulative.get(cluster);
    if (load === undefined) return;
    this.#cumulativeBytes -= bytesOfLoad(load);
    this.#cumulative.delete(cluster);
  }

  #count(): void {
    this.#memory.release(this.#kept);
    this.#kept = {};
    this.#memory.hold(this.#kept, this.#latestBytes + this.#cumulativeBytes);
    this.#memory.check();
  }

  drained(): void {
    this.ask();
  }

  closed(): void {
    this.#memory.close();
    this.#host.closed(this);
  }
}

const NOTHING: readonly string[] = [];

function equalClusters(one: AskedClusters, other: AskedClusters | undefined): boolean {
  if (one === other) return true;
  if (one === 'all' || other === 'all' || other === undefined) return false;
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
