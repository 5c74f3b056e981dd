/** Work that compares everything, again and again: never twice at once, not too often, and with a small part of the time. */

export interface SparingPassesOptions {
  /** One pass. It must not reject. */
  readonly pass: () => Promise<void>;
  /** Least milliseconds from the end of a pass to the next one. */
  readonly leastMs: number;
  /** Milliseconds after which a pass begins without a request. */
  readonly mostMs: number;
  /** The part of the time that passes may take: the next one waits accordingly. Default: 1/20. */
  readonly share?: number;
  /** Monotonic milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

export class SparingPasses {
  readonly #options: Required<SparingPassesOptions>;
  readonly #heartbeat: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #notBefore = -Infinity;
  #isWanted = false;
  #isClosed = false;

  constructor(options: SparingPassesOptions) {
    this.#options = { share: 1 / 20, now: () => performance.now(), ...options };
    this.#heartbeat = setInterval(() => this.request(), options.mostMs).unref();
  }

  /** A pass begins as soon as it may. One that has begun already may not have seen what this is about, so another follows. */
  request(): void {
    this.#isWanted = true;
    if (this.#isClosed || this.#running !== undefined) return;
    const wait = Math.max(0, this.#notBefore - this.#options.now());
    this.#timer ??= setTimeout(() => this.#begin(), wait).unref();
  }

  /** Resolves when no pass runs, and none will. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    await this.#running;
  }

  #begin(): void {
    const { pass, leastMs, share, now } = this.#options;
    const begun = now();
    this.#timer = undefined;
    this.#isWanted = false;
    this.#running = pass().finally(() => {
      this.#running = undefined;
      this.#notBefore = now() + Math.max(leastMs, (now() - begun) / share);
      if (this.#isWanted) this.request();
    });
  }
}
