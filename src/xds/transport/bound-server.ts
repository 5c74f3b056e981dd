/** A server of sockets for HTTP/2, independent of what serves the streams: its address, certificates and shutdown. */
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as SocketServer } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Http2Sessions } from './http2-sessions.js';
import type { ListenOptions, ListenerHost, TlsOptions, TransportListener } from './listen-options.js';
import { Sockets, listenOn, secureContext } from './sockets.js';

export class BoundServer implements TransportListener {
  readonly #server: Http2Server | Http2SecureServer | SocketServer | TlsServer;
  readonly #sessions: Http2Sessions;
  readonly #sockets: Sockets;
  readonly #options: ListenOptions;

  constructor(
    server: Http2Server | Http2SecureServer | SocketServer | TlsServer,
    sessions: Http2Sessions,
    options: ListenOptions,
    host: ListenerHost,
  ) {
    this.#server = server;
    this.#sessions = sessions;
    this.#sockets = new Sockets(server, options, host);
    this.#options = options;
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
    const stops = [this.#sessions.closeGracefully(graceMs), this.#sockets.cutAfter(graceMs)];
    await closed;
    for (const stop of stops) stop();
  }
}
