/** Wakes streams that hold something back by the order of types when the deadline for that has passed: one timer for all. */

export interface Holder {
  pump(): void;
}

export class Holds {
  readonly #deadlineMs: number;
  readonly #now: () => number;
  /** Since when each holds something back, in monotonic milliseconds. */
  readonly #since = new Map<Holder, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deadlineMs: number, now: () => number) {
    this.#deadlineMs = deadlineMs;
    this.#now = now;
  }

  get size(): number {
    return this.#since.size;
  }

  /** The stream holds something back since then; undefined if it does not. */
  set(holder: Holder, since: number | undefined): void {
    if (since === undefined) this.#since.delete(holder);
    else this.#since.set(holder, since);
    if (this.#since.size === 0) this.#stop();
    else this.#timer ??= this.#start();
  }

  #start(): NodeJS.Timeout {
    const earliest = Math.min(...this.#since.values());
    const timer = setTimeout(() => this.#wake(), Math.max(1, earliest + this.#deadlineMs - this.#now()));
    timer.unref();
    return timer;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wake(): void {
    this.#timer = undefined;
    const due = this.#now() - this.#deadlineMs;
    for (const [holder, since] of [...this.#since]) {
      if (since > due) continue;
      this.#since.delete(holder);
      holder.pump();
    }
    if (this.#since.size > 0) this.#timer ??= this.#start();
  }
}
