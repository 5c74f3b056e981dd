/**
 * The services besides discovery: client status, load reports, health and reflection. Limits the number of their calls; must not know what
 * they do.
 */
import { type Call, type CallKind, Calls } from './protocol/calls.js';
import { type ClientStatusHost, clientStatusMethods } from './csds/client-status.js';
import { HealthService } from './health.js';
import { type Admission, shuttingDown } from './limits/admission.js';
import type { ClientMemory } from './limits/client-memory.js';
import type { LoadReporting } from './lrs/load-reporting.js';
import { LoadStreams } from './lrs/load-streams.js';
import { REFLECTION_VERSIONS, serverReflection } from './reflection/reflection.js';
import { type MethodHandler, type Methods, STATUS, StreamError } from './transport/message-stream.js';

/** The services besides discovery, as options name them. */
export type SideService = 'clientStatus' | 'loadReports' | 'health' | 'reflection';

export const SIDE_SERVICES: readonly SideService[] = ['clientStatus', 'loadReports', 'health', 'reflection'];

const CLIENT_STATUS = 'envoy.service.status.v3.ClientStatusDiscoveryService';
const LOAD_REPORTS = 'envoy.service.load_stats.v3.LoadReportingService';
const HEALTH = 'grpc.health.v1.Health';

export interface SideServicesHost extends ClientStatusHost {
  readonly maxQueries: number;
  /** Milliseconds that a client has to read an answer. */
  readonly readMs: number;
  readonly memory: ClientMemory;
  readonly admission: Admission;
  draining(): boolean;
  /** Whether discovery streams are accepted. */
  serving(): boolean;
  /** Full names of all services, including discovery. */
  services(): readonly string[];
  readonly failed: (peer: string, error: StreamError, cause?: unknown) => void;
}

export class SideServices {
  readonly #host: SideServicesHost;
  readonly #served: readonly SideService[];
  readonly #health: HealthService;
  /** Calls of client status and reflection. */
  readonly #queries: Calls;
  /** Calls of `Check`. A probe is one short call, so it is answered independently of the limit for other calls. */
  readonly #checks: Calls;
  /** Calls of `Watch`. They have their own limit, so that they and the queries do not block each other. */
  readonly #watches: Calls;
  readonly #loadCalls: Calls;
  readonly loads: LoadStreams;

  constructor(host: SideServicesHost, served: readonly SideService[], reporting: LoadReporting | undefined) {
    this.#host = host;
    this.#served = served;
    this.#health = new HealthService(host);
    this.#queries = new Calls({
      refusal: (kind) => this.#queryRefusal(kind, this.#queries),
      failed: host.failed,
      readMs: host.readMs,
    });
    this.#checks = new Calls({ refusal: () => undefined, failed: host.failed, readMs: host.readMs });
    this.#watches = new Calls({
      refusal: (kind) => this.#queryRefusal(kind, this.#watches),
      failed: host.failed,
      readMs: host.readMs,
    });
    this.#loadCalls = new Calls({
      refusal: (_kind, peer) => this.#loadRefusal(peer),
      failed: host.failed,
      readMs: host.readMs,
      opened: (peer) => host.admission.opened(peer),
      closed: (peer) => host.admission.closed(peer),
    });
    this.loads = new LoadStreams(host.memory, reporting);
  }

  /** By path, all but those that every client may call. */
  methods(): Methods {
    return this.#methodsBy((service) => service !== 'health');
  }

  /** By path, those that every client may call: a probe has no identity. */
  openMethods(): Methods {
    return this.#methodsBy((service) => service === 'health');
  }

  #methodsBy(belongs: (service: SideService) => boolean): Methods {
    return new Map(this.#served.filter(belongs).flatMap((service) => [...this.#methodsOf(service)]));
  }

  *#methodsOf(service: SideService): Generator<readonly [string, MethodHandler], void> {
    const queries = this.#queries;
    const clientStatus = clientStatusMethods(this.#host);
    const health = this.#health.methods();
    switch (service) {
      case 'clientStatus':
        yield [`/${CLIENT_STATUS}/FetchClientStatus`, queries.method('unary', clientStatus.FetchClientStatus)];
        yield [`/${CLIENT_STATUS}/StreamClientStatus`, queries.method('stream', clientStatus.StreamClientStatus)];
        return;
      case 'loadReports':
        yield [`/${LOAD_REPORTS}/StreamLoadStats`, this.#loadCalls.method('stream', (call) => this.loads.accept(call))];
        return;
      case 'health':
        yield [`/${HEALTH}/Check`, this.#checks.method('unary', health.Check)];
        yield [`/${HEALTH}/Watch`, this.#watches.method('stream', health.Watch)];
        yield [`/${HEALTH}/List`, this.#checks.method('unary', health.List)];
        return;
      case 'reflection':
        for (const version of REFLECTION_VERSIONS) {
          const handle = serverReflection(version, () => this.#host.services());
          yield [`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, queries.method('stream', handle)];
        }
    }
  }

  #queryRefusal(kind: CallKind, calls: Calls): StreamError | undefined {
    if (kind === 'stream' && this.#host.draining()) return shuttingDown();
    if (calls.size >= this.#host.maxQueries)
      return new StreamError(STATUS.resourceExhausted, 'too many queries', 'queries');
    return undefined;
  }

  /** A client that connects before the server is ready is not asked for reports until it is. */
  #loadRefusal(peer: string): StreamError | undefined {
    return this.#host.draining() ? shuttingDown() : this.#host.admission.fullFor(peer);
  }

  get loadStreams(): number {
    return this.#loadCalls.size;
  }

  get queries(): number {
    return this.#queries.size + this.#checks.size + this.#watches.size;
  }

  get healthWatchers(): number {
    return this.#health.watchers;
  }

  /** Call when the result of `serving` may have changed. */
  readinessChanged(): void {
    this.#health.changed();
  }

  /** The server drains: notifies clients that watch the health, and ends the queries. Returns the streams for load reports. */
  drain(): readonly Pick<Call, 'end'>[] {
    this.#health.changed();
    for (const calls of [this.#queries, this.#checks, this.#watches]) endAll(calls);
    return this.#loadCalls.all();
  }

  endAll(): void {
    for (const calls of [this.#queries, this.#checks, this.#watches, this.#loadCalls]) endAll(calls);
  }
}

function endAll(calls: Calls): void {
  for (const call of calls.all()) call.end(STATUS.unavailable, 'the server shuts down');
}
