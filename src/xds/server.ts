/**
 * The xDS server: streams of clients on one side, the resources of a provider on the other. Knows only names and bytes of resources. The
 * transports send and receive messages.
 */
import type { Server } from '@grpc/grpc-js';
import { lazy } from '../proto/lazy.js';
import { type CallRejected, authenticated } from './protocol/authentication.js';
import { BodyCache } from './batches/body-cache.js';
import { CollectionRegistry } from './streams/collection-registry.js';
import { type XdsClient, type XdsEvents, guardEvents } from './streams/events.js';
import { endOneByOne } from './protocol/staggered-shutdown.js';
import type { RejectedResource } from './streams/nack-isolation.js';
import { OpenStreams } from './streams/open-streams.js';
import { UnresumedTypes } from './streams/unresumed-types.js';
import { expectRequests } from './protocol/first-request.js';
import { Admission, shuttingDown } from './limits/admission.js';
import { HeapGauge, heapUse } from './limits/heap-gauge.js';
import { StreamGate } from './limits/stream-gate.js';
import { AnswerWatch } from './limits/answer-watch.js';
import { ClientMemory } from './limits/client-memory.js';
import { DEFAULT_LIMITS, type XdsLimits } from './protocol/limits.js';
import { Listeners, type XdsListener } from './protocol/listeners.js';
import type { NodeLoad } from './lrs/load-report.js';
import { collectionStats, type XdsServerStats } from './server-stats.js';
import type { XdsServerOptions } from './server-options.js';
import { STREAM_METHODS, serviceNames } from './discovery-methods.js';
import { SIDE_SERVICES, SideServices } from './side-services.js';
import type { ClientStatus } from './subscriptions/status.js';
import { XdsStream } from './streams/stream.js';
import type { StreamCall, StreamHost } from './streams/stream-host.js';
import { newStreamHost } from './streams/new-stream-host.js';
import { addMethods } from './transport/grpc-js.js';
import type { ListenOptions } from './transport/listen-options.js';
import type { MessageSink, MessageStream, MethodHandler, Methods, StreamError } from './transport/message-stream.js';
import { TurnQueue } from './transport/turn-queue.js';
import { MAX_ID_BYTES, printable } from './wire/words.js';
import { WakeUps } from './protocol/wake-ups.js';

/** Serves a provider's resources to any number of clients on any number of addresses. See docs/library.md. */
export class XdsServer {
  readonly #options: XdsServerOptions;
  readonly #events: XdsEvents;
  readonly #limits: XdsLimits;
  readonly #collections: CollectionRegistry;
  readonly #streams: OpenStreams;
  readonly #holds = new WakeUps(now);
  readonly #wakeUps = new WakeUps(now);
  readonly #bodies: BodyCache;
  readonly #memory: ClientMemory;
  readonly #heap: HeapGauge;
  readonly #admission: Admission;
  readonly #gate: StreamGate;
  readonly #host: StreamHost<XdsStream>;
  /** Streams are pumped once for all requests that arrive in one turn of the event loop, so that their order does not matter. */
  readonly #round = new TurnQueue<XdsStream>((stream) => stream.pump());
  readonly #listeners: Listeners;
  readonly #unresumed = new UnresumedTypes();
  readonly #side: SideServices;
  #draining = false;
  #ids = 0;
  readonly #callRejected: CallRejected = (peer, { code, message, limit }, cause) => {
    this.#events.streamRefused?.(peer, code, message, limit);
    if (cause !== undefined) this.#options.logger?.error({ err: cause, peer }, 'a call failed');
  };

  constructor(options: XdsServerOptions) {
    this.#options = options;
    this.#events = guardEvents(options.events ?? {}, (err) =>
      options.logger?.error({ err }, 'a handler of events failed'),
    );
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const events = this.#events;
    this.#bodies = new BodyCache(this.#limits.responseCacheBytes);
    this.#collections = new CollectionRegistry(
      options.provider,
      this.#limits.maxTombstones,
      {
        enabled: options.isolateNacks ?? true,
        acceptancesPerNack: this.#limits.acceptancesPerNack,
        endpointGraceMs: this.#limits.endpointNackGraceMs,
        rejected: (resource) => events.resourceRejected?.(resource),
        released: (resource) => events.resourceReleased?.(resource),
      },
      (batches) => this.#bodies.dropBatches(batches),
    );
    this.#listeners = new Listeners(this.#limits.maxUnsentBytes, {
      cutOff: this.#callRejected,
    });
    this.#memory = new ClientMemory(this.#limits);
    this.#heap = new HeapGauge(this.#limits.maxHeapUse, options.heapUse ?? heapUse, now);
    this.#admission = new Admission(this.#limits, {
      draining: () => this.#draining,
      ready: () => options.ready?.() !== false,
      heap: this.#heap,
    });
    this.#gate = new StreamGate(this.#limits, {
      admission: this.#admission,
      provider: options.provider,
      now,
      refused: this.#callRejected,
      failed: (err) => options.logger?.error({ err }, 'a preparation failed'),
    });
    this.#streams = new OpenStreams({
      events,
      admission: this.#admission,
      answers: new AnswerWatch(this.#limits.answerMs, now),
      isolation: this.#collections.isolation,
      unresumed: this.#unresumed,
      round: this.#round,
      timers: [this.#holds, this.#wakeUps],
    });
    this.#host = this.#newHost();
    this.#side = this.#newSideServices(options);
  }

  /**
   * Streams see all changes that `change` makes together, at its end. A nested transaction is part of the outer one. If `change` throws, the
   * changes until then become visible, and the error is thrown. Synchronous.
   *
   * @throws TypeError if `change` returns a promise, because later changes would not be part of the transaction
   */
  transaction(change: () => unknown): void {
    let result: unknown;
    this.#collections.transaction(() => {
      result = change();
    });
    if (result instanceof Promise) throw new TypeError('a transaction is synchronous: change after what is awaited');
  }

  /** Calls `viewOf` again for every stream. A stream whose view changes is sent the differences. */
  reassign(): void {
    this.transaction(() => {
      for (const stream of this.#streams.all()) this.#reassign(stream);
    });
  }

  /** Calls `loadReports.clustersOf` again for every node, and sends changed lists of clusters. */
  loadReportingChanged(): void {
    this.#side.loads.changed();
  }

  /** Call when the result of `ready` changed: notifies clients that watch the health of the server. */
  readinessChanged(): void {
    this.#side.readinessChanged();
  }

  #reassign(stream: XdsStream): void {
    stream.reassigned();
    const { views } = stream;
    for (const subscription of stream.subscriptions) {
      const { typeUrl } = subscription;
      this.#collections.reassign(subscription, views.viewOf(typeUrl), views.keyOf(typeUrl));
    }
  }

  /**
   * Adds the services to a server of @grpc/grpc-js. The caller configures its address, TLS, message sizes and pings, and shuts it down after
   * `drain`.
   *
   * @throws Error if the server already has an xDS service
   */
  addTo(server: Server): void {
    addMethods(server, this.methods());
  }

  /**
   * Listens on `HOST:PORT` (`[::1]:18000` for IPv6). Port 0 means any free port. May be called several times.
   *
   * @throws TypeError for an invalid address, or the system's error (`EADDRINUSE`, …)
   */
  listen(address: string, options: ListenOptions = {}): Promise<XdsListener> {
    return this.#listeners.open(address, { maxRequestBytes: this.#limits.maxRequestBytes, ...options }, this.methods());
  }

  /**
   * The methods of the server by path, for a transport of the caller.
   * @param options.authenticate false: the caller has authenticated its clients, so `authenticate` of the server is not asked. Default true.
   */
  methods({ authenticate: isAuthenticating = true }: { readonly authenticate?: boolean } = {}): Methods {
    const { authenticate } = this.#options;
    const guarded = this.#guardedMethods();
    const methods = [
      ...(authenticate && isAuthenticating ? authenticated(guarded, authenticate, this.#callRejected) : guarded),
      ...this.#side.openMethods(),
    ];
    return expectRequests(new Map(methods), this.#limits.firstRequestMs, this.#callRejected);
  }

  /** Those for which clients must be authenticated, where they are. */
  #guardedMethods(): Methods {
    return new Map([
      ...STREAM_METHODS.map((kind): [string, MethodHandler] => [
        kind.path,
        (stream, principal) => this.#accept({ kind, principal }, stream),
      ]),
      ...this.#side.methods(),
    ]);
  }

  /**
   * Accepts no further streams, sends GOAWAY, ends the streams one after the other during the first half of `graceMs`, so that their clients do
   * not all reconnect at once, and closes remaining connections after `graceMs`. Resolves when no stream or connection is left; never rejects.
   * The server cannot be used again.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const deadline = setTimeout(() => this.#endAll(), graceMs);
    const emptied = this.#streams.emptied();
    this.#gate.close(shuttingDown());
    const closed = this.#listeners.close(graceMs);
    const stop = endOneByOne([...this.#streams.all(), ...this.#side.drain()], graceMs);
    await Promise.all([emptied, closed]);
    clearTimeout(deadline);
    stop();
    this.#endAll();
    this.#bodies.clear();
  }

  #endAll(): void {
    this.#streams.endAll();
    this.#side.endAll();
  }

  /** All streams with a known node. Much cheaper than `clients`. */
  connected(): readonly XdsClient[] {
    return this.#streams.identified();
  }

  /** The states of all streams with a known node. */
  clients(): readonly ClientStatus[] {
    return this.#streams.identified().map((stream) => this.#unresumed.complete(stream.identity, stream.status()));
  }

  /** Resources whose newest version a client rejected because of its content. */
  rejected(): readonly RejectedResource[] {
    return this.#collections.isolation.all();
  }

  /** A sentence while no streams are admitted because the heap is too full; undefined otherwise. */
  overload(): string | undefined {
    return this.#heap.overload;
  }

  /** What every client that reports its load has reported. */
  loads(): readonly NodeLoad[] {
    return this.#side.loads.loads();
  }

  stats(): XdsServerStats {
    return {
      streams: this.#streams.size,
      ...collectionStats(this.#collections.all()),
      waiting: this.#holds.size,
      renewing: this.#wakeUps.size,
      unresumed: this.#unresumed.size,
      rejected: this.#collections.isolation.size,
      rememberedBytes: this.#memory.bytes,
      cachedBytes: this.#bodies.bytes,
      loadStreams: this.#side.loadStreams,
      loadClusters: this.#side.loads.clusters,
      queries: this.#side.queries,
      healthWatchers: this.#side.healthWatchers,
      awaitingAdmission: this.#gate.awaitingAdmission,
      awaitingPreparation: this.#gate.awaitingPreparation,
    };
  }

  #accept(call: StreamCall, transport: MessageStream): MessageSink | undefined {
    const { kind, principal } = call;
    return this.#gate.accept(transport, { ...kind, principal }, () => this.#open(call, transport));
  }

  #open(call: StreamCall, transport: MessageStream): XdsStream {
    this.#ids += 1;
    const stream = new XdsStream(this.#ids, call, transport, this.#host);
    this.#streams.opened(stream);
    return stream;
  }

  #newSideServices({ services = SIDE_SERVICES, loadReports, ready }: XdsServerOptions): SideServices {
    const host = {
      maxQueries: this.#limits.maxQueries,
      readMs: this.#limits.answerMs,
      memory: this.#memory,
      admission: this.#admission,
      draining: () => this.#draining,
      serving: () => !this.#draining && ready?.() !== false,
      services: lazy(() => serviceNames(this.methods().keys())),
      sources: () => this.#streams.identified(),
      unresumedTypes: (identity: string) => this.#unresumed.of(identity),
      failed: this.#callRejected,
    };
    return new SideServices(host, services, loadReports);
  }

  #failed(stream: XdsStream, error: StreamError, cause: unknown): void {
    this.#events.streamRefused?.(stream.peer, error.code, error.message, error.limit);
    if (cause !== undefined)
      this.#options.logger?.error({ err: cause, node: printable(stream.node.id, MAX_ID_BYTES) }, 'a stream failed');
  }

  #newHost(): StreamHost<XdsStream> {
    return newStreamHost({
      limits: this.#limits,
      provider: this.#options.provider,
      events: this.#events,
      collections: this.#collections,
      bodies: this.#bodies,
      memory: this.#memory,
      unresumed: this.#unresumed,
      holds: this.#holds,
      wakeUps: this.#wakeUps,
      now,
      transaction: (change) => this.transaction(change),
      schedule: (stream) => this.#round.add(stream),
      failed: (stream, error, cause) => this.#failed(stream, error, cause),
      closed: (stream) => this.#streams.closed(stream),
    });
  }
}

/** Monotonic time in milliseconds. */
function now(): number {
  return performance.now();
}
