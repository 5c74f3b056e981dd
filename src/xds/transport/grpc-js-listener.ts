/**
 * Serves gRPC by a server of @grpc/grpc-js on sockets of our own, which are injected: addresses, certificates, care for
 * connections and bounds are the same as over node:http2.
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

/** The header by which a call of grpc-js is recognized as a stream of HTTP/2. Set here; a client that sends it is overruled. */
const STREAM_NUMBER = 'lifeboat-stream';

export class GrpcJsListener extends BoundServer {
  readonly #injector: ConnectionInjector;
  /** Streams whose calls grpc-js has not begun yet. */
  readonly #streams = new Map<string, ServerHttp2Stream>();
  readonly #shared: Omit<CallSurroundings, 'stream'>;
  #numbers = 0;

  /** `budget`: of what clients have not read, over all listeners. */
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
    // What is compressed is refused: a bound of what arrives would not bound what becomes of it.
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
 * The HTTP/2 server behind the injector, which alone knows sessions and streams. grpc-js does not publish it; its version is
 * pinned, and another one that has it no more fails here and not under load.
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
  // A handshake that fails is an everyday event; without a listener it would end the process.
  server.on('tlsClientError', () => undefined);
  // https://github.com/nodejs/node/issues/35824
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  return server;
}
