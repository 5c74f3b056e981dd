/** Listening sockets, plain or with TLS, for both transports. */
import type { AddressInfo, Server, Socket } from 'node:net';
import { LISTEN_DEFAULTS, type ListenOptions, type TlsOptions } from './listen-options.js';

/** Milliseconds that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

/** `HOST:PORT`, port 0 for a free one. Resolves to the port; rejects with TypeError or the system's error. */
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

/** The sockets that a server has accepted, those too that have not shaken hands yet. */
export class Sockets {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Cuts those that are left after `graceMs`. The result takes that back. */
  cutAfter(graceMs: number): () => void {
    const timer = setTimeout(() => this.#open.forEach((socket) => socket.destroy()), graceMs);
    return () => clearTimeout(timer);
  }
}

/** What a TLS server is made with. */
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
 * TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption: the intermediate list without finite-field
 * Diffie-Hellman, for which parameters would have to be made. https://wiki.mozilla.org/Security/Server_Side_TLS
 */
const CIPHERS = [
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
    ciphers: CIPHERS,
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
