/** Locks between all test processes of this machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { eventually } from './eventually.js';

export interface MachineLock {
  release(): void;
}

/**
 * Takes the lock unless a process has it. An abstract socket is the lock: it belongs to the same network namespace as the addresses, and
 * disappears with its process, however that ends.
 */
export async function tryLock(name: string): Promise<MachineLock | undefined> {
  const socket = createServer();
  socket.unref();
  socket.listen({ path: `\0lifeboat/${name}` });
  try {
    await once(socket, 'listening');
  } catch {
    return undefined;
  }
  return { release: () => void socket.close() };
}

/** Runs `action` while no other process has the lock. Waits for it for 5 minutes at most. */
export async function withLock<T>(name: string, action: () => Promise<T>): Promise<T> {
  const lock = await eventually(() => tryLock(name), { what: `the lock ${name} is free`, timeout: 300_000 });
  try {
    return await action();
  } finally {
    lock.release();
  }
}
