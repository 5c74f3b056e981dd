/**
 * Serves gRPC over node:http2. It knows methods by their paths and messages as bytes, not what they say.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  createSecureServer,
  createServer,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Intake } from './intake.js';
import { Http2Call } from './http2-call.js';
import { type ConnectionOptions, sayGoodbye, tend } from './http2-connection.js';
import { type Methods, STATUS } from './message-stream.js';

/** TLS 1.2 or newer. */
export interface TlsOptions {
  /** PEM. */
  readonly cert: string | Buffer;
  /** PEM. */
  readonly key: string | Buffer;
  /** PEM: clients must have a certificate of this authority. Default: any client. */
  readonly clientCa?: string | Buffer;
}

/** How an address is served. */
export interface ListenOptions extends ConnectionOptions {
  /** Default: plain text. */
  readonly tls?: TlsOptions;
  /** Bytes of a request. Default 64 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes of all requests that have not arrived completely. Default 256 MiB. */
  readonly maxIncompleteBytes?: number;
  /** Streams on one connection. Default 1 000. */
  readonly maxStreamsPerConnection?: number;
  /** Milliseconds that a client has to read what is left when the server ends a call. Default 10 000. */
  readonly unreadMs?: number;
  /** Connections that may wait to be accepted: a fleet that reconnects comes all at once. Default 4 096. */
  readonly backlog?: number;
}

/** Bytes that a client may send ahead on one stream: a client that reconnects says much at once. */
const WINDOW = 1 << 20;
/** Milliseconds that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;
/** Megabytes that a session may hold; larger than any state of the world, which is bounded by other means. */
const MAX_SESSION_MEMORY = 1 << 20;

export class Http2Listener {
  readonly #server: Http2Server | Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #options: ListenOptions;
  readonly #intake: Intake;
  readonly #methods: Methods;

  constructor(options: ListenOptions, methods: Methods) {
    this.#options = options;
    this.#methods = methods;
    this.#intake = new Intake(options.maxIncompleteBytes ?? 256 << 20);
    this.#server = newServer(options);
    this.#server.on('session', (session: ServerHttp2Session) => this.#connected(session));
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
      this.#called(stream, headers),
    );
    // A broken connection is an everyday event and ends its streams; without listeners it would end the process.
    this.#server.on('sessionError', () => undefined);
    this.#server.on('tlsClientError', () => undefined);
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** `HOST:PORT`, port 0 for a free one. Resolves to the port; rejects if it cannot be had. */
  listen(address: string): Promise<number> {
    const { host, port } = splitAddress(address);
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: this.#options.backlog ?? 4_096 }, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** New handshakes use these from now on; connections that exist go on. Throws for a pair that does not fit. */
  updateTls(tls: TlsOptions): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(secureContext(tls));
  }

  /** Sends GOAWAY, waits for the calls to end, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const timers = [...this.#sessions].map((session) => sayGoodbye(session, graceMs));
    await closed;
    for (const timer of timers) clearTimeout(timer);
  }

  #connected(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.on('error', () => undefined);
    session.setLocalWindowSize(WINDOW);
    tend(session, this.#options);
  }

  #called(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const call = new Http2Call(stream, peerOf(stream), this.#options.unreadMs ?? 10_000);
    const method = this.#methods.get(headers[':path'] ?? '');
    if (method === undefined) {
      call.end(STATUS.unimplemented, `no method ${headers[':path'] ?? ''}`);
      return;
    }
    const sink = method(call);
    if (sink !== undefined) call.serve(sink, this.#options.maxRequestBytes ?? 64 << 20, this.#intake);
  }
}

function newServer(options: ListenOptions): Http2Server | Http2SecureServer {
  const settings = { initialWindowSize: WINDOW, maxConcurrentStreams: options.maxStreamsPerConnection ?? 1_000 };
  const common = { settings, maxSessionMemory: MAX_SESSION_MEMORY };
  if (options.tls === undefined) return createServer(common);
  const { clientCa } = options.tls;
  return createSecureServer({
    ...common,
    ...secureContext(options.tls),
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: clientCa !== undefined,
    rejectUnauthorized: clientCa !== undefined,
  });
}

function secureContext({ cert, key, clientCa }: TlsOptions) {
  return { cert, key, ...(clientCa === undefined ? {} : { ca: clientCa }), minVersion: 'TLSv1.2' as const };
}

function peerOf(stream: ServerHttp2Stream): string {
  const socket = stream.session?.socket;
  return socket?.remoteAddress === undefined ? 'unknown' : `${socket.remoteAddress}:${String(socket.remotePort)}`;
}

/** `127.0.0.1:18000`, `[::1]:18000`, `localhost:0`. */
function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1');
  const port = Number(address.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`${address} is not HOST:PORT`);
  return { host, port };
}
