/** The HTTP/2 connections of a listener: settings, supervision and shutdown are the same on both transports. */
import type { Http2SecureServer, Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { cutOffLater, halfOpen, peerOf } from './half-open.js';
import { closeGracefully, superviseConnection } from './http2-connection.js';
import { LISTEN_DEFAULTS, type ListenOptions, type ListenerHost } from './listen-options.js';

/** Flow control window of a stream, in bytes. Large, because the first request after a reconnect is long. */
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
    // Broken connections are common and end their streams. Without listeners, one would end the process.
    server.on('sessionError', () => undefined);
  }

  /** The number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Sends GOAWAY on all connections, and closes remaining ones after `graceMs`. The returned function cancels that. */
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
