/** The control port of a server of the measurement. Each line makes a change and is answered with a line. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** `change`: called with the two numbers of a line. Resolves to the port. */
export async function listenForChanges(change: (first: number, second: number) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => {
      const [first, second] = line.split(' ').map(Number);
      change(first ?? 0, second ?? 0);
      socket.write('\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Prints the ports for the program that started this one. */
export function announce(port: number, control: number): void {
  process.stdout.write(`${JSON.stringify({ port, control })}\n`);
}
