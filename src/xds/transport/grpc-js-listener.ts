/**
 * Serves gRPC by a server of @grpc/grpc-js on our own sockets, which are injected. Addresses, certificates, supervision of connections and
 * limits are the same as with node:http2.
 */
import { type ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { type Server as SocketServer, type Socket, createServer } from 'node:net';
import { type Server as TlsServer, createServer as createTlsServer } from 'node:tls';
import { BoundServer } from './bound-server.js';
import { addMethods } from './grpc-js.js';
import type { CallSurroundings, DuplexCall } from './grpc-js-call.js';
import { Http2Sessions, sessionSettings } from './http2-sessions.js';
import { newIntake } from './intake.js';
import { LISTEN_DEFAULTS, type ListenOptions, type ListenerHost } from './listen-options.js';
import type { Methods } from './message-stream.js';
import { copyable } from './parts.js';
import type { SendBudget } from './send-budget.js';
import { tlsServerOptions } from './sockets.js';

/** The header that identifies the HTTP/2 stream of a call of grpc-js. It is set here, and overwrites a header of the client. */
const STREAM_NUMBER = 'lifeboat-stream';

export class GrpcJsListener extends BoundServer {
  readonly #injector: ConnectionInjector;
  /** Streams without a call of grpc-js yet. */
  readonly #streams = new Map<string, ServerHttp2Stream>();
  readonly #shared: Omit<CallSurroundings, 'stream'>;
  #numbers = 0;

  /** `budget`: limit of unread bytes, for all listeners. */
  constructor(options: ListenOptions, methods: Methods, host: ListenerHost, budget: SendBudget) {
    const grpc = newGrpcServer(options);
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const http2 = http2ServerOf(grpc);
    http2.updateSettings(sessionSettings(options));
    super(
      newSocketServer(options, (socket) => injector.injectConnection(socket)),
      new Http2Sessions(http2, options, host),
      options,
      host,
    );
    this.#injector = injector;
    this.#shared = {
      budget,
      intake: newIntake(options),
      cutOff: host.cutOff,
      maxRequestBytes: options.maxRequestBytes ?? LISTEN_DEFAULTS.maxRequestBytes,
      unreadMs: options.unreadMs ?? LISTEN_DEFAULTS.unreadMs,
    };
    http2.prependListener('stream', (stream, headers) => this.#opened(stream, headers));
    addMethods(grpc, methods, { surroundingsOf: (call) => this.#surroundingsOf(call), serialize: copyable });
  }

  override async close(graceMs: number): Promise<void> {
    const closed = super.close(graceMs);
    this.#injector.destroy();
    await closed;
  }

  #opened(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const number = String((this.#numbers += 1));
    headers[STREAM_NUMBER] = number;
    // Compressed messages are refused, because a limit of their size would not limit the size of their content.
    delete headers['grpc-encoding'];
    this.#streams.set(number, stream);
    // Not every stream becomes a call.
    stream.once('close', () => this.#streams.delete(number));
  }

  #surroundingsOf(call: DuplexCall): CallSurroundings | undefined {
    const number = String(call.metadata.get(STREAM_NUMBER)[0]);
    const stream = this.#streams.get(number);
    this.#streams.delete(number);
    return stream && { ...this.#shared, stream };
  }
}

function newGrpcServer({ maxRequestBytes = LISTEN_DEFAULTS.maxRequestBytes }: ListenOptions): Server {
  return new Server({
    'grpc.max_receive_message_length': maxRequestBytes,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
}

/**
 * The HTTP/2 server of the injector, which knows the sessions and streams. It is not part of the interface of grpc-js, whose version is
 * therefore pinned. With a version that lacks it, this function throws at the start.
 */
function http2ServerOf(server: Server): Http2Server {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  const [http2] = http2Servers?.keys() ?? [];
  if (http2 === undefined)
    throw new Error('this version of @grpc/grpc-js does not tell its HTTP/2 server: use transport http2');
  return http2;
}

function newSocketServer({ tls }: ListenOptions, connected: (socket: Socket) => void): SocketServer | TlsServer {
  if (tls === undefined) return createServer(connected);
  const server = createTlsServer({ ...tlsServerOptions(tls), ALPNProtocols: ['h2'] }, connected);
  // Failed handshakes are common. Without a listener, one would end the process.
  server.on('tlsClientError', () => undefined);
  // https://github.com/nodejs/node/issues/35824
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  return server;
}
