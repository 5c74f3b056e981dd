/** Times between attempts: each about twice the one before, with jitter, so that many clients do not come back at once. */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  /** `random`: between 0 and 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next attempt: between half of its limit and its limit. */
  next(): number {
    const limit = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    return Math.round((limit * (1 + this.#random())) / 2);
  }

  /** An attempt succeeded. */
  reset(): void {
    this.#attempts = 0;
  }
}
