/** Monotonic milliseconds, and a wait that looks again and again: the client is one process and knows no better moment. */
import { setTimeout as delay } from 'node:timers/promises';

export function now(): number {
  return performance.now();
}

/** Waits until the condition holds; false if it does not within `limitMs`. */
export async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = now() + limitMs;
  while (!condition()) {
    if (now() > deadline) return false;
    await delay(2);
  }
  return true;
}
