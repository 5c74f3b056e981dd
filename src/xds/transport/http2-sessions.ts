/** The HTTP/2 connections of a listener: settings, supervision and shutdown are the same on both transports. */
import type { Http2SecureServer, Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { cutOffLater, halfOpen, peerOf } from './half-open.js';
import { closeGracefully, superviseConnection } from './http2-connection.js';
import { LISTEN_DEFAULTS, type ListenOptions, type ListenerHost } from './listen-options.js';

/** Bytes that a client may send ahead on one stream: a client that reconnects says much at once. */
const WINDOW = 1 << 20;

/** The HTTP/2 settings that are sent to clients. */
export function sessionSettings({ maxStreamsPerConnection }: ListenOptions) {
  return {
    initialWindowSize: WINDOW,
    maxConcurrentStreams: maxStreamsPerConnection ?? LISTEN_DEFAULTS.maxStreamsPerConnection,
  };
}

export class Http2Sessions {
  readonly #open = new Set<ServerHttp2Session>();
  readonly #options: ListenOptions;

  constructor(server: Http2Server | Http2SecureServer, options: ListenOptions, { cutOff }: ListenerHost) {
    this.#options = options;
    const { unreadMs = LISTEN_DEFAULTS.unreadMs } = options;
    // Not every stream becomes a call: some are of another protocol, or of a method that there is not.
    server.on('stream', (stream: ServerHttp2Stream) => {
      const peer = peerOf(stream);
      stream.once('finish', () => cutOffLater(stream, unreadMs, () => cutOff(peer, halfOpen(unreadMs))));
    });
    server.on('session', (session: ServerHttp2Session) => this.#connected(session));
    // A broken connection is an everyday event and ends its streams; without listeners it would end the process.
    server.on('sessionError', () => undefined);
  }

  /** Connections that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Sends GOAWAY on all, and cuts those that are left after `graceMs`. The result takes that back. */
  closeGracefully(graceMs: number): () => void {
    const timers = [...this.#open].map((session) => closeGracefully(session, graceMs));
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }

  #connected(session: ServerHttp2Session): void {
    this.#open.add(session);
    session.once('close', () => this.#open.delete(session));
    session.on('error', () => undefined);
    session.setLocalWindowSize(WINDOW);
    superviseConnection(session, this.#options);
  }
}
