/**
 * Loopback addresses and ports that no other process on this machine uses. Each test has its own block of 127.0.0.0/8, and ports that no
 * application uses on all addresses.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tryLock } from './machine-lock.js';

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

/** A port that can be bound on every address. No other test gets it while this process lives, so that several may use 127.0.0.1. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomBetween(PORT_RANGE.first, PORT_RANGE.last);
    // The lock comes first, because even to try a port disturbs the test that has it.
    const lock = await tryLock(`port-${port}`);
    if (lock === undefined) continue;
    if (await canBind('0.0.0.0', port)) return port;
    lock.release();
  }
}

/** Whether a server can listen there now. An application on `0.0.0.0` or `[::]` occupies the port on every address. */
export async function canBind(address: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ host: address, port });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  return true;
}

async function claim(prefix: string): Promise<AddressBlock | undefined> {
  const lock = await tryLock(prefix);
  return lock && { prefix, ...lock };
}

function randomBetween(first: number, last: number): number {
  return first + Math.floor(Math.random() * (last - first + 1));
}
