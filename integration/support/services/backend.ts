/**
 * An application behind the Envoys: answers with its name and stars, and can be broken in the ways that applications
 * break. HTTP/1.1 or HTTP/2 without TLS. Runs in this process on an address of its own.
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
  /** Unique among the backends of a test: counts are kept by it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Default `http1`. `http2` understands nothing but HTTP/2 with prior knowledge. */
  readonly protocol?: 'http1' | 'http2';
  /** What the answer's body says; default `{ name }`. */
  readonly body?: unknown;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a request is answered. `hang` accepts and never answers; `delay` is in milliseconds. */
export type Behaviour =
  { readonly kind: 'answer'; readonly status: number; readonly delay: number } | { readonly kind: 'hang' };

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Milliseconds that answers have to go out when the server stops. */
const FLUSH = 1_000;

export class Backend {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly #options: BackendOptions;
  readonly #requests = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  /** Answers that are being sent. */
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

  /** Requests that arrived, of one method or of all. */
  received(method?: string): number {
    if (method !== undefined) return this.#requests.get(method) ?? 0;
    return [...this.#requests.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Headers of the request that arrived last; of HTTP/2 with `:authority` and the like. */
  get latestHeaders(): IncomingHttpHeaders {
    return this.#latest;
  }

  /** Server off, address still there: open connections are cut and new ones refused. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    // An answer that has begun goes out whole: nobody could ask again for the rest of it.
    await Promise.race([
      Promise.all([...this.#begun].map((response) => once(response, 'close'))),
      delay(FLUSH, undefined, { ref: false }),
    ]);
    this.#cut();
    await closed;
  }

  /** Server on again, answering 200 at once. */
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

  /** Accepts connections and requests, and never answers. */
  hang(): void {
    this.#behaviour = { kind: 'hang' };
  }

  /** Answers with a status, default 200, after a delay in milliseconds, default 0. Requests that hang are cut. */
  answer(options: { readonly status?: number; readonly delay?: number } = {}): void {
    if (this.#behaviour.kind === 'hang') this.#cut();
    this.#behaviour = { kind: 'answer', status: options.status ?? 200, delay: options.delay ?? 0 };
  }

  #createServer(): Server {
    const onRequest = (request: Request, response: Response): void => {
      this.#serve(request, response);
    };
    // Envoy keeps idle connections longer than Node's default of 5 s; whoever closes first is not what is tested here.
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
