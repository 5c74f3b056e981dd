/**
 * Serves gRPC over node:http2. It knows methods by their paths and messages as bytes, not what they say.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  createSecureServer,
  createServer,
} from 'node:http2';
import { Http2Call } from './http2-call.js';
import { Http2Sessions, sessionSettings } from './http2-sessions.js';
import { Intake } from './intake.js';
import { LISTEN_DEFAULTS, type ListenOptions, type TlsOptions, type TransportListener } from './listen-options.js';
import { type Methods, STATUS } from './message-stream.js';
import { Sockets, listenOn, secureContext, tlsServerOptions } from './sockets.js';

/** Megabytes that a session may hold; larger than any state of the world, which is bounded by other means. */
const MAX_SESSION_MEMORY = 1 << 20;

export class Http2Listener implements TransportListener {
  readonly #server: Http2Server | Http2SecureServer;
  readonly #sessions: Http2Sessions;
  readonly #sockets: Sockets;
  readonly #options: ListenOptions;
  readonly #intake: Intake;
  readonly #methods: Methods;

  constructor(options: ListenOptions, methods: Methods) {
    this.#options = options;
    this.#methods = methods;
    this.#intake = new Intake(options.maxIncompleteBytes ?? LISTEN_DEFAULTS.maxIncompleteBytes);
    this.#server = newServer(options);
    this.#sockets = new Sockets(this.#server);
    this.#sessions = new Http2Sessions(this.#server, options);
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
      this.#called(stream, headers),
    );
    // A handshake that fails is an everyday event; without a listener it would end the process.
    this.#server.on('tlsClientError', () => undefined);
  }

  get connections(): number {
    return this.#sessions.size;
  }

  listen(address: string): Promise<number> {
    return listenOn(this.#server, address, this.#options);
  }

  updateTls(tls: TlsOptions): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(secureContext(tls));
  }

  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const stops = [this.#sessions.sayGoodbye(graceMs), this.#sockets.cutAfter(graceMs)];
    await closed;
    for (const stop of stops) stop();
  }

  #called(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const call = new Http2Call(stream, peerOf(stream), this.#options.unreadMs ?? LISTEN_DEFAULTS.unreadMs);
    const method = this.#methods.get(headers[':path'] ?? '');
    if (method === undefined) {
      call.end(STATUS.unimplemented, `no method ${headers[':path'] ?? ''}`);
      return;
    }
    const sink = method(call);
    const maxBytes = this.#options.maxRequestBytes ?? LISTEN_DEFAULTS.maxRequestBytes;
    if (sink !== undefined) call.serve(sink, maxBytes, this.#intake);
  }
}

function newServer(options: ListenOptions): Http2Server | Http2SecureServer {
  const common = { settings: sessionSettings(options), maxSessionMemory: MAX_SESSION_MEMORY };
  if (options.tls === undefined) return createServer(common);
  return createSecureServer({ ...common, ...tlsServerOptions(options.tls) });
}

function peerOf(stream: ServerHttp2Stream): string {
  const socket = stream.session?.socket;
  return socket?.remoteAddress === undefined ? 'unknown' : `${socket.remoteAddress}:${String(socket.remotePort)}`;
}
