/**
 * Wakes streams at requested times: when a renewal is due, or when the order of types has delayed a response for too long. One timer for all
 * streams, and none without a request.
 */

/** Minimum time between two wake-ups, in milliseconds. */
const MIN_PAUSE_MS = 5;

export interface Wakeable {
  pump(): void;
}

export class WakeUps {
  readonly #now: () => number;
  /** The requested times, in monotonic milliseconds. */
  readonly #times = new Map<Wakeable, number>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#times.size;
  }

  /** Sets the time at which to wake the stream. `undefined` cancels the request. */
  set(wakeable: Wakeable, at: number | undefined): void {
    if (at === undefined) this.#times.delete(wakeable);
    else this.#times.set(wakeable, at);
    if (this.#times.size === 0) this.#stop();
    else if (at !== undefined && at < this.#timerAt) this.#start(at);
  }

  #start(at: number): void {
    this.#stop();
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#wake(), Math.max(MIN_PAUSE_MS, Math.ceil(at - this.#now())));
    this.#timer.unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #wake(): void {
    this.#stop();
    const now = this.#now();
    const due = [...this.#times].filter(([, at]) => at <= now).sort(([, one], [, other]) => one - other);
    for (const [wakeable] of due) {
      this.#times.delete(wakeable);
      wakeable.pump();
    }
    let next = Infinity;
    for (const at of this.#times.values()) next = Math.min(next, at);
    if (next < this.#timerAt) this.#start(next);
  }
}
