/**
 * A server for connections instead of requests: it sends its name and ends the connection. Plain or with TLS. With suitable replies it can act
 * as an HTTPS or MongoDB server.
 */
import { once } from 'node:events';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { Certificate } from '../../../src/testing/certificate.js';

export interface StreamBackendOptions {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** With TLS. */
  readonly certificate?: Certificate;
  /** The reply to the first bytes of a client. Default: it sends its name at once. */
  readonly reply?: (name: string) => string | Buffer;
}

export class StreamBackend {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly #options: StreamBackendOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(options: StreamBackendOptions) {
    this.name = options.name;
    this.address = options.address;
    this.port = options.port;
    this.#options = options;
  }

  static async start(options: StreamBackendOptions): Promise<StreamBackend> {
    const backend = new StreamBackend(options);
    await backend.restore();
    return backend;
  }

  /** Stops the server but keeps the address: open connections are closed and new ones refused. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async restore(): Promise<void> {
    if (this.#server !== undefined) return;
    const { certificate } = this.#options;
    const serve = (socket: Socket): void => this.#serve(socket);
    const server = certificate ? createTls({ ...certificate }, serve) : createTcp(serve);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen({ host: this.address, port: this.port });
    await once(server, 'listening');
    this.#server = server;
  }

  #serve(socket: Socket): void {
    const { reply } = this.#options;
    // A client may end the connection early.
    socket.on('error', () => socket.destroy());
    if (reply === undefined) socket.end(this.name);
    else socket.once('data', () => socket.end(reply(this.name)));
  }
}
