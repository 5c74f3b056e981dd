/** Puts the admin application on a port and takes it off again. Knows no route. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { SocketAddress } from './text-forms.js';

export interface AdminServer {
  /** Where it listens, with the port that was taken. */
  readonly address: SocketAddress;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** Time that a client has to send its request's head, in milliseconds. */
const HEADERS_TIMEOUT = 10_000;

/**
 * Listens.
 * @throws the system's error (`EADDRINUSE`, `EACCES` …) when the address cannot be had.
 */
export async function listenAdmin(app: Hono, address: SocketAddress): Promise<AdminServer> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  server.headersTimeout = HEADERS_TIMEOUT;
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const { address: host, port } = server.address() as AddressInfo;
  return {
    address: { host, port },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
