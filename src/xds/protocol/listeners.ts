/** The addresses that a server listens on. It knows methods by their paths, and nothing of what they serve. */
import { Http2Listener } from '../transport/http2-listener.js';
import type { ListenOptions, ListenerHost, TlsOptions, TransportListener } from '../transport/listen-options.js';
import type { Methods } from '../transport/message-stream.js';
import { SendBudget } from '../transport/send-budget.js';

/** An address that the server listens on. */
export interface XdsListener {
  /** The port that it listens on. */
  readonly port: number;
  /** Open connections, with streams or without. */
  readonly connections: number;
  /** New handshakes use these certificates from now on; connections that exist go on. Throws for a pair that does not fit. */
  updateTls(tls: TlsOptions): void;
}

export class Listeners {
  readonly #open = new Set<TransportListener>();
  readonly #budget: SendBudget;
  readonly #host: ListenerHost;

  /** `maxUnsentBytes`: bytes of all responses that transports have copied and clients have not read. */
  constructor(maxUnsentBytes: number, host: ListenerHost) {
    this.#host = host;
    this.#budget = new SendBudget(maxUnsentBytes);
  }

  /** Rejects with TypeError for what is no `HOST:PORT`, and with the system's error if it cannot be had. */
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

  /** Sends GOAWAY, waits for the calls to end, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#open].map((listener) => listener.close(graceMs)));
    this.#open.clear();
  }

  /** grpc-js is loaded where it is used. */
  async #newListener(options: ListenOptions, methods: Methods): Promise<TransportListener> {
    if (options.transport === 'http2') return new Http2Listener(options, methods, this.#host);
    const { GrpcJsListener } = await import('../transport/grpc-js-listener.js');
    return new GrpcJsListener(options, methods, this.#host, this.#budget);
  }
}
