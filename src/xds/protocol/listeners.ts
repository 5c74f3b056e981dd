/** The addresses that a server listens on. Knows methods by their paths, but not what they do. */
import { Http2Listener } from '../transport/http2-listener.js';
import type { ListenOptions, ListenerHost, TlsOptions, TransportListener } from '../transport/listen-options.js';
import type { Methods } from '../transport/message-stream.js';
import { SendBudget } from '../transport/send-budget.js';

/** An address that the server listens on. */
export interface XdsListener {
  /** The port that it listens on. */
  readonly port: number;
  /** Open connections, including those without streams. */
  readonly connections: number;
  /** Uses these certificates for new handshakes. Existing connections stay. @throws Error for a key that does not match. */
  updateTls(tls: TlsOptions): void;
}

export class Listeners {
  readonly #open = new Set<TransportListener>();
  readonly #budget: SendBudget;
  readonly #host: ListenerHost;

  /** `maxUnsentBytes`: limit of the bytes that transports have copied and clients have not read, of all responses. */
  constructor(maxUnsentBytes: number, host: ListenerHost) {
    this.#host = host;
    this.#budget = new SendBudget(maxUnsentBytes);
  }

  /** @throws TypeError for an invalid `HOST:PORT`, or the system's error. */
  async open(address: string, options: ListenOptions, methods: Methods): Promise<XdsListener> {
    const listener = await this.#newListener(options, methods);
    const port = await listener.listen(address);
    this.#open.add(listener);
    return {
      port,
      get connections() {
        return listener.connections;
      },
      updateTls: (tls) => listener.updateTls(tls),
    };
  }

  /** Sends GOAWAY, waits for the calls to end, and closes remaining connections after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#open].map((listener) => listener.close(graceMs)));
    this.#open.clear();
  }

  /** Loads grpc-js on demand. */
  async #newListener(options: ListenOptions, methods: Methods): Promise<TransportListener> {
    if (options.transport === 'http2') return new Http2Listener(options, methods, this.#host);
    const { GrpcJsListener } = await import('../transport/grpc-js-listener.js');
    return new GrpcJsListener(options, methods, this.#host, this.#budget);
  }
}
