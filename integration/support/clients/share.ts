/** Shares of random picks: how many requests each backend answers, when Envoy throws a die for every request. */
import assert from 'node:assert/strict';
import type { Traffic } from './traffic.js';

/** The number of requests that are counted. */
const REQUESTS = 2_000;

/**
 * How far a count may be from its expectation, in standard deviations of the binomial distribution. A right share is farther away in one of
 * 1 744 000 runs.
 */
const DEVIATIONS = 5;

export interface ExpectedShare {
  /** The share as configured, in percent. */
  readonly percent: number;
  /** The nearest shares that a mistake would result in, which must be as far from a right count as a right one is from `percent`. */
  readonly not: readonly number[];
}

/** Counts {@link REQUESTS} of this traffic and ends it. None may fail, and these backends together must have answered their share. */
export async function hasShare(traffic: Traffic, backends: readonly string[], expected: ExpectedShare): Promise<void> {
  await traffic.goesOn(REQUESTS, { timeout: 60_000 });
  const { answered, failures } = await traffic.stop();
  assert.deepEqual(failures, []);
  const count = backends.reduce((sum, name) => sum + (answered[name] ?? 0), 0);
  checkShare(count, sumOf(answered), expected);
}

/** @throws AssertionError if `count` of `total` is not the share, or if `total` is too small to tell it from a wrong one. */
export function checkShare(count: number, total: number, { percent, not }: ExpectedShare): void {
  const [least, most] = rangeOf(percent, total);
  for (const wrong of not) {
    const [low, high] = rangeOf(wrong, total);
    assert.ok(high < least || low > most, `${total} requests do not tell ${percent} % from ${wrong} %`);
  }
  assert.ok(count >= least && count <= most, `${count} of ${total} is not ${percent} %: ${least} to ${most} would be`);
}

/** The least and the greatest count that a share of `percent` results in, within {@link DEVIATIONS}. */
function rangeOf(percent: number, total: number): readonly [number, number] {
  const probability = percent / 100;
  const distance = DEVIATIONS * Math.sqrt(total * probability * (1 - probability));
  return [Math.ceil(total * probability - distance), Math.floor(total * probability + distance)];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
