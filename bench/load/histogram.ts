/** Counts delays in steps of 0.1 ms, so that millions of them need no more memory than one. */

const STEP_MS = 0.1;

export class Histogram {
  /** The last step counts all longer delays. */
  readonly #counts: Uint32Array;
  #total = 0;
  #max = 0;

  constructor(longestMs: number) {
    this.#counts = new Uint32Array(Math.ceil(longestMs / STEP_MS) + 1);
  }

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  add(ms: number, times = 1): void {
    const step = Math.min(this.#counts.length - 1, Math.max(0, Math.round(ms / STEP_MS)));
    this.#counts[step] = (this.#counts[step] ?? 0) + times;
    this.#total += times;
    this.#max = Math.max(this.#max, ms);
  }

  /** The delay that this share (0 to 1) of all delays does not exceed. 0 if there are none. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const [step, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank && this.#total > 0) return step * STEP_MS;
    }
    return 0;
  }
}
