/**
 * Loopback addresses and ports that no other process on this machine uses. Each test has its own block of 127.0.0.0/8, and ports that no
 * application uses on all addresses.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Ports below the ephemeral range, so that outgoing connections do not take them. */
const PORT_RANGE = { first: 11_000, last: 32_000 } as const;

/** Addresses with a common prefix. Reserved until released or until the process ends in any way. */
export interface AddressBlock {
  /** The leading octets: `127.140.7` or `127.20`. */
  readonly prefix: string;
  release(): void;
}

/** A random /24: 253 addresses for one test. */
export async function claimTestBlock(): Promise<AddressBlock> {
  for (;;) {
    const block = await claim(`127.${randomBetween(128, 254)}.${randomBetween(0, 255)}`);
    if (block !== undefined) return block;
  }
}

/** The first free /16 from 127.20 on, for a demo with memorable addresses. */
export async function claimDemoBlock(): Promise<AddressBlock> {
  for (let octet = 20; octet < 128; octet++) {
    const block = await claim(`127.${octet}`);
    if (block !== undefined) return block;
  }
  throw new Error('No block of loopback addresses is free between 127.20 and 127.127.');
}

/** A port that can be bound on every address. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomBetween(PORT_RANGE.first, PORT_RANGE.last);
    if (await canBind('0.0.0.0', port)) return port;
  }
}

/** Whether a server can listen there now. An application on `0.0.0.0` or `[::]` occupies the port on every address. */
export async function canBind(address: string, port: number): Promise<boolean> {
  const server = await listen({ host: address, port });
  server?.close();
  return server !== undefined;
}

/** An abstract socket as a lock. It belongs to the same network namespace as the addresses, and disappears with the process. */
async function claim(prefix: string): Promise<AddressBlock | undefined> {
  const lock = await listen({ path: `\0lifeboat/${prefix}` });
  return lock && { prefix, release: () => void lock.close() };
}

async function listen(where: { host: string; port: number } | { path: string }): Promise<Server | undefined> {
  const server = createServer();
  server.unref();
  server.listen(where);
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

function randomBetween(first: number, last: number): number {
  return first + Math.floor(Math.random() * (last - first + 1));
}
