/**
 * Waits for a condition by polling. All of these tests wait in this way only.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Timeout in milliseconds. Default: 20 000. */
  readonly timeout?: number;
  /** Interval in milliseconds. Default: 25. */
  readonly interval?: number;
  /** The condition, for the error message. */
  readonly what?: string;
}

/**
 * Returns the result of the probe once it is neither `false` nor `undefined` and the probe does not throw. On timeout, throws with the probe's
 * last error as the cause.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const timeout = options.timeout ?? 20_000;
  const deadline = performance.now() + timeout;
  for (;;) {
    const outcome = await attempt(probe);
    if (outcome.kind === 'yes') return outcome.value;
    if (performance.now() >= deadline) throw gaveUp(options.what ?? probe.toString(), timeout, outcome.error);
    await delay(options.interval ?? 25);
  }
}

type Outcome<T> =
  | { readonly kind: 'yes'; readonly value: Exclude<T, false | undefined> }
  | { readonly kind: 'no'; readonly error: unknown };

async function attempt<T>(probe: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await probe();
    if (value === false || value === undefined) return { kind: 'no', error: undefined };
    return { kind: 'yes', value: value as Exclude<T, false | undefined> };
  } catch (error) {
    return { kind: 'no', error };
  }
}

function gaveUp(what: string, timeout: number, cause: unknown): Error {
  const last = cause instanceof Error ? `: ${cause.message}` : '';
  return new Error(`After ${timeout} ms still not so: ${what}${last}`, { cause });
}
