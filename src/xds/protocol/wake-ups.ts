/**
 * Wakes streams at the times they asked for: when a renewal is due, or when what the order of types holds back has waited for long
 * enough. One timer for all of them, and none while nobody asked.
 */

/** Wakes come no closer together than this many milliseconds. */
const MIN_PAUSE_MS = 5;

export interface Wakeable {
  pump(): void;
}

export class WakeUps {
  readonly #now: () => number;
  /** In monotonic milliseconds. */
  readonly #times = new Map<Wakeable, number>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#times.size;
  }

  /** The stream is to be woken then; undefined if it is not. */
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
