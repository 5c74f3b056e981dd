/**
 * Bare sockets: at each change, all connected sockets get the same bytes. The first number of a line is the number of bytes. A new socket gets
 * one byte, which shows that it was accepted.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { announce, listenForChanges } from './control.js';

const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.resume();
  socket.write('\n');
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
await once(server, 'listening');
const CONTROL = await listenForChanges((length) => {
  const bytes = Buffer.alloc(length);
  for (const socket of sockets) socket.write(bytes);
});
announce((server.address() as AddressInfo).port, CONTROL);
