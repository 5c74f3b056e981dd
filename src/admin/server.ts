/** Serves the admin application on an address. It must not know routes. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type Server as TlsServer, createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { SocketAddress } from './queries/text-forms.js';

export interface AdminServer {
  /** The address with the actual port. */
  readonly address: SocketAddress;
  /** New handshakes use these from now on. */
  updateTls(tls: SecureContextOptions): void;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** Timeout for the headers of a request, in milliseconds. */
const HEADERS_TIMEOUT = 10_000;

/**
 * Starts to listen, with TLS if there are files for it.
 * @param maxConnections others are closed at once. Default: as many as the system allows.
 * @throws the system's error (`EADDRINUSE`, `EACCES` …) if the address cannot be used.
 */
export async function listenAdmin(
  app: Hono,
  address: SocketAddress,
  { tls, maxConnections }: { readonly tls?: SecureContextOptions; readonly maxConnections?: number } = {},
): Promise<AdminServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    ...(tls && { createServer: createTlsServer, serverOptions: tls }),
  }) as Server | TlsServer;
  server.headersTimeout = HEADERS_TIMEOUT;
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const { address: host, port } = server.address() as AddressInfo;
  return {
    address: { host, port },
    updateTls: (next) => {
      if ('setSecureContext' in server) server.setSecureContext(next);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
