/**
 * The gRPC health service: for the whole server (`''`) and for each of its services, which are all ready at the same time.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
import { type Call, type CallHandler, unary } from './protocol/calls.js';
import { STATUS, StreamError } from './transport/message-stream.js';
import { decodeProto, encodeProto } from './wire/proto-message.js';
import { shortId } from './wire/words.js';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

export interface HealthHost {
  /** Full names of all services. */
  services(): readonly string[];
  /** Whether new streams are accepted. */
  serving(): boolean;
}

interface Watcher {
  notify(): void;
}

export class HealthService {
  readonly #host: HealthHost;
  readonly #watchers = new Set<Watcher>();

  constructor(host: HealthHost) {
    this.#host = host;
  }

  /** The number of calls that watch the health. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Call when the result of `serving` may have changed. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher.notify();
  }

  /** The methods of `grpc.health.v1.Health`, by name. */
  methods(): Readonly<Record<'Check' | 'Watch' | 'List', (call: Call) => CallHandler>> {
    return {
      Check: unary((request) => this.#check(serviceIn(request))),
      Watch: (call) => this.#watch(call),
      List: unary(() => this.#list()),
    };
  }

  #check(service: string): Buffer {
    const status = this.#statusOf(service);
    if (status === 'SERVICE_UNKNOWN') throw new StreamError(STATUS.notFound, `there is no service ${shortId(service)}`);
    return encodeStatus(status);
  }

  #list(): Buffer {
    const services = ['', ...this.#host.services()];
    const statuses = Object.fromEntries(services.map((service) => [service, { status: this.#statusOf(service) }]));
    return encodeProto('grpc.health.v1.HealthListResponse', { statuses });
  }

  #watch(call: Call): CallHandler {
    let service: string | undefined;
    let sent: ServingStatus | undefined;
    const notify = (): void => {
      if (service === undefined || !call.writable) return;
      const status = this.#statusOf(service);
      if (status === sent) return;
      sent = status;
      call.send(encodeStatus(status));
    };
    const watcher = { notify };
    return {
      received: (request) => {
        service ??= serviceIn(request);
        this.#watchers.add(watcher);
        notify();
      },
      drained: notify,
      // A client of `Watch` sends nothing after its request.
      halfClosed: () => undefined,
      closed: () => this.#watchers.delete(watcher),
    };
  }

  #statusOf(service: string): ServingStatus {
    if (service !== '' && !this.#host.services().includes(service)) return 'SERVICE_UNKNOWN';
    return this.#host.serving() ? 'SERVING' : 'NOT_SERVING';
  }
}

function serviceIn(request: Buffer): string {
  return (decodeProto('grpc.health.v1.HealthCheckRequest', request) as { readonly service: string }).service;
}

function encodeStatus(status: ServingStatus): Buffer {
  return encodeProto('grpc.health.v1.HealthCheckResponse', { status });
}
