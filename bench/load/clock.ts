/** Monotonic time in milliseconds, and a wait by polling, because a single process cannot do better. */
import { setTimeout as delay } from 'node:timers/promises';

export function now(): number {
  return performance.now();
}

/** Waits until the condition holds. Returns false after `limitMs`. */
export async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = now() + limitMs;
  while (!condition()) {
    if (now() > deadline) return false;
    await delay(2);
  }
  return true;
}
