/**
 * Serves gRPC over node:http2. It knows methods by their paths and messages as bytes, but not what they do.
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
import { BoundServer } from './bound-server.js';
import { Http2Call } from './http2-call.js';
import { Http2Sessions, sessionSettings } from './http2-sessions.js';
import { type Intake, newIntake } from './intake.js';
import { LISTEN_DEFAULTS, type ListenOptions, type ListenerHost } from './listen-options.js';
import { type Methods, STATUS } from './message-stream.js';
import { tlsServerOptions } from './sockets.js';

/** Memory limit of a session, in megabytes. Practically none, because other limits apply. */
const MAX_SESSION_MEMORY = 1 << 20;

export class Http2Listener extends BoundServer {
  readonly #options: ListenOptions;
  readonly #intake: Intake;
  readonly #methods: Methods;
  readonly #host: ListenerHost;

  constructor(options: ListenOptions, methods: Methods, host: ListenerHost) {
    const server = newServer(options);
    super(server, new Http2Sessions(server, options, host), options, host);
    this.#options = options;
    this.#methods = methods;
    this.#host = host;
    this.#intake = newIntake(options);
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => this.#called(stream, headers));
    // Failed handshakes are common. Without a listener, one would end the process.
    server.on('tlsClientError', () => undefined);
  }

  #called(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { unreadMs = LISTEN_DEFAULTS.unreadMs } = this.#options;
    stream.on('error', () => undefined);
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const call = new Http2Call(stream, headers, unreadMs, this.#host.cutOff);
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
