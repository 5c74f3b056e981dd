/** The streams for load reports, and the clusters that each client is asked for. */
import type { Call, CallHandler } from '../protocol/calls.js';
import { encodeProto, secondsAndNanos } from '../wire/proto-message.js';
import type { ClientMemory } from '../limits/client-memory.js';
import type { NodeLoad } from './load-report.js';
import { type AskedClusters, DEFAULT_INTERVAL_MS, type LoadReporting } from './load-reporting.js';
import { LoadStream } from './load-stream.js';

/** The interval for a client without clusters, in milliseconds. It can be long, because new clusters are sent at once. */
const IDLE_INTERVAL_MS = 60_000;

const NOBODY: LoadReporting = { clustersOf: () => [] };

export class LoadStreams {
  readonly #reporting: LoadReporting;
  readonly #memory: ClientMemory;
  readonly #streams = new Set<LoadStream>();
  #responses = new WeakMap<readonly string[], Buffer>();
  #ids = 0;

  /** Without `reporting`, clients are asked for no reports. */
  constructor(memory: ClientMemory, reporting: LoadReporting = NOBODY) {
    this.#memory = memory;
    this.#reporting = reporting;
  }

  /** The number of stored clusters, of all streams. */
  get clusters(): number {
    return [...this.#streams].reduce((sum, { clusters }) => sum + clusters, 0);
  }

  /** The handler of `StreamLoadStats`. */
  accept(call: Call): CallHandler {
    this.#ids += 1;
    const stream = new LoadStream(this.#ids, call, {
      memory: this.#memory,
      clustersOf: (node) => this.#reporting.clustersOf(node),
      responseFor: (asked) => this.#responseFor(asked),
      reported: (report) => this.#reporting.reported?.(report),
      closed: (closed) => this.#closed(closed),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** Calls `clustersOf` again for every stream. */
  changed(): void {
    for (const stream of this.#streams) stream.ask();
  }

  loads(): readonly NodeLoad[] {
    return [...this.#streams].flatMap((stream) => (stream.node === undefined ? [] : stream.load(stream.node)));
  }

  #closed(stream: LoadStream): void {
    this.#streams.delete(stream);
    if (stream.node !== undefined) this.#reporting.ended?.(stream.node);
  }

  #responseFor(asked: AskedClusters): Buffer {
    if (asked === 'all') return this.#encode({ sendAllClusters: true }, false);
    const response = this.#responses.get(asked) ?? this.#encode({ clusters: asked }, asked.length === 0);
    this.#responses.set(asked, response);
    return response;
  }

  #encode(clusters: Readonly<Record<string, unknown>>, idle: boolean): Buffer {
    const { intervalMs = DEFAULT_INTERVAL_MS, reportEndpointGranularity = false } = this.#reporting;
    return encodeProto('envoy.service.load_stats.v3.LoadStatsResponse', {
      ...clusters,
      loadReportingInterval: secondsAndNanos(idle ? Math.max(intervalMs, IDLE_INTERVAL_MS) : intervalMs),
      reportEndpointGranularity,
    });
  }
}
