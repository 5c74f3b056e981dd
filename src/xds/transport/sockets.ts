/** Listening sockets, plain or with TLS, for both transports. */
import type { AddressInfo, Server, Socket } from 'node:net';
import { LISTEN_DEFAULTS, type ListenOptions, type ListenerHost, type TlsOptions } from './listen-options.js';
import { STATUS, StreamError } from './message-stream.js';
import { networkOf } from './peer-network.js';
import { TurnQueue } from './turn-queue.js';

/** Timeout of a TLS handshake, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** Listens on `HOST:PORT`; port 0 means any free port. Resolves to the port. Rejects with TypeError, or with the system's error. */
export function listenOn(
  server: Server,
  address: string,
  { backlog, maxConnections, onDropped }: ListenOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { host, port } = splitAddress(address);
    if (maxConnections !== undefined) server.maxConnections = maxConnections;
    if (onDropped !== undefined) server.on('drop', onDropped);
    server.once('error', reject);
    server.listen({ host, port, backlog: backlog ?? LISTEN_DEFAULTS.backlog }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function tooMany(limit: number): StreamError {
  const message = `more than ${String(limit)} connections of one address`;
  return new StreamError(STATUS.resourceExhausted, message, 'connections-per-address');
}

/** The sockets that a server has accepted, those too that have not shaken hands yet. */
export class Sockets {
  readonly #open = new Set<Socket>();
  /** Connections by address, or by IPv6 network. */
  readonly #counts = new Map<string, number>();
  /** Connections that nobody serves yet: a session of HTTP/2 costs a millisecond to begin with. */
  readonly #accepted: TurnQueue<Socket>;

  constructor(server: Server, options: ListenOptions, { cutOff }: ListenerHost) {
    const { maxConnectionsPerAddress: limit = LISTEN_DEFAULTS.maxConnectionsPerAddress } = options;
    // Who serves the connections, and must not see those that are turned away.
    const accept = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    this.#accepted = new TurnQueue((socket) => {
      for (const listener of accept) listener.call(server, socket);
    });
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined);
      const address = networkOf(socket.remoteAddress ?? '');
      const count = this.#counts.get(address) ?? 0;
      if (count >= limit) {
        const peer = `${socket.remoteAddress ?? ''}:${String(socket.remotePort)}`;
        socket.destroy();
        cutOff(peer, tooMany(limit));
        return;
      }
      this.#counts.set(address, count + 1);
      this.#open.add(socket);
      socket.once('close', () => this.#closed(socket, address));
      this.#accepted.add(socket);
    });
  }

  #closed(socket: Socket, address: string): void {
    this.#open.delete(socket);
    this.#accepted.delete(socket);
    const count = (this.#counts.get(address) ?? 0) - 1;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }

  /** Cuts those that are left after `graceMs`. The result takes that back. */
  cutAfter(graceMs: number): () => void {
    const timer = setTimeout(() => this.#open.forEach((socket) => socket.destroy()), graceMs);
    return () => clearTimeout(timer);
  }
}

/** The options of a TLS server. */
export function tlsServerOptions(tls: TlsOptions) {
  const required = tls.clientCa !== undefined;
  return {
    ...secureContext(tls),
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: required,
    rejectUnauthorized: required,
  };
}

/**
 * TLS 1.3, and the cipher suites of TLS 1.2 with forward secrecy and authenticated encryption: Mozilla's intermediate list without finite-field
 * Diffie-Hellman, which would need parameters. https://wiki.mozilla.org/Security/Server_Side_TLS
 */
export const TLS_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

export function secureContext({ cert, key, clientCa }: TlsOptions) {
  return {
    cert,
    key,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    minVersion: 'TLSv1.2' as const,
    ciphers: TLS_CIPHERS,
  };
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
