/**
 * A server with connections that stay open. It answers everything with its name.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Switchable } from './service.js';

export interface EchoBackend extends Switchable {
  /** Closes the server and its connections. */
  close(): void;
}

/** Only `close` stops it. */
export async function startEchoBackend(name: string, address: string, port: number): Promise<EchoBackend> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(name));
    server.once('closing', () => socket.destroy());
  });
  server.setMaxListeners(0);
  server.listen({ host: address, port });
  await once(server, 'listening');
  const nothing = (): Promise<void> => Promise.resolve();
  const close = (): void => {
    server.emit('closing');
    server.close();
  };
  return { name, address, port, refuse: nothing, restore: nothing, close };
}
