/**
 * A server of whole connections rather than requests: says its name and ends. Plain or with TLS; by what it says it can pass for
 * HTTPS or MongoDB.
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
  /** What it answers to the first that a client says; default: it says its name without being asked. */
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

  /** Server off, address still there: open connections are cut and new ones refused. */
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
    // A client that leaves early is its own affair.
    socket.on('error', () => socket.destroy());
    if (reply === undefined) socket.end(this.name);
    else socket.once('data', () => socket.end(reply(this.name)));
  }
}
