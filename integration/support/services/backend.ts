/**
 * An application behind the Envoys. It responds with its name and stars, and a test can make it fail in different ways. HTTP/1.1 or HTTP/2
 * without TLS. Runs in this process on its own address.
 */
import { once } from 'node:events';
import {
  createServer as createHttp1,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface BackendOptions {
  /** Unique among the backends of a test, because responses are counted by name. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Default: `http1`. `http2` supports only HTTP/2 with prior knowledge. */
  readonly protocol?: 'http1' | 'http2';
  /** The response's body. Default: `{ name }`. */
  readonly body?: unknown;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The behaviour for a request. `hang`: accepts it and never responds. `delay`: in milliseconds. */
export type Behaviour =
  { readonly kind: 'answer'; readonly status: number; readonly delay: number } | { readonly kind: 'hang' };

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Time for responses in progress when the server stops, in milliseconds. */
const FLUSH = 1_000;

export class Backend {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly #options: BackendOptions;
  readonly #requests = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** Responses in progress. */
  readonly #begun = new Set<Response>();
  #latest: IncomingHttpHeaders = {};
  #behaviour: Behaviour = { kind: 'answer', status: 200, delay: 0 };
  #server: Server | undefined;

  private constructor(options: BackendOptions) {
    this.name = options.name;
    this.address = options.address;
    this.port = options.port;
    this.#options = options;
  }

  static async start(options: BackendOptions): Promise<Backend> {
    const backend = new Backend(options);
    await backend.restore();
    return backend;
  }

  /** The number of requests, of one method or of all. */
  received(method?: string): number {
    if (method !== undefined) return this.#requests.get(method) ?? 0;
    return [...this.#requests.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The headers of the last request, for HTTP/2 with pseudo-headers such as `:authority`. */
  get latestHeaders(): IncomingHttpHeaders {
    return this.#latest;
  }

  /** Stops the server but keeps the address: open connections are closed and new ones refused. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    // A response in progress is completed, because Envoy cannot retry after a response has begun.
    await Promise.race([
      Promise.all([...this.#begun].map((response) => once(response, 'close'))),
      delay(FLUSH, undefined, { ref: false }),
    ]);
    this.#cut();
    await closed;
  }

  /** Starts the server again. It responds with 200 at once. */
  async restore(): Promise<void> {
    this.answer();
    if (this.#server !== undefined) return;
    const server = this.#createServer();
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen({ host: this.address, port: this.port });
    await once(server, 'listening');
    this.#server = server;
  }

  /** Accepts connections and requests, but never responds. */
  hang(): void {
    this.#behaviour = { kind: 'hang' };
  }

  /** Responds with a status (default: 200) after a delay in milliseconds (default: 0). Ends requests that hang. */
  answer(options: { readonly status?: number; readonly delay?: number } = {}): void {
    if (this.#behaviour.kind === 'hang') this.#cut();
    this.#behaviour = { kind: 'answer', status: options.status ?? 200, delay: options.delay ?? 0 };
  }

  #createServer(): Server {
    const onRequest = (request: Request, response: Response): void => {
      this.#serve(request, response);
    };
    // Envoy keeps idle connections longer than Node's default of 5 s. Races between both timeouts are not the subject of these tests.
    return this.#options.protocol === 'http2'
      ? createHttp2(onRequest)
      : createHttp1({ keepAliveTimeout: 600_000 }, onRequest);
  }

  #serve(request: Request, response: Response): void {
    const method = request.method ?? '';
    this.#requests.set(method, (this.#requests.get(method) ?? 0) + 1);
    this.#latest = request.headers;
    request.resume();
    const behaviour = this.#behaviour;
    if (behaviour.kind === 'hang') return;
    setTimeout(() => this.#reply(response, behaviour.status), behaviour.delay);
  }

  #reply(response: Response, status: number): void {
    if (this.#server === undefined || response.destroyed || response.writableEnded) return;
    this.#begun.add(response);
    response.once('close', () => this.#begun.delete(response));
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-backend', this.name);
    for (const [name, value] of Object.entries(this.#options.headers ?? {})) response.setHeader(name, value);
    response.end(JSON.stringify(this.#options.body ?? { name: this.name }));
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
