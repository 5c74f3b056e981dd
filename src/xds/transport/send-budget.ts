/**
 * Bounds what all calls have handed over and their clients have not read: where each of them has a copy of its own, a fleet
 * that reconnects would otherwise cost as many copies of everything as it has clients.
 */

/** A call that sends within the budget. */
export interface BudgetedCall {
  /** Since when the oldest of what was handed over is unsent, in monotonic milliseconds; undefined if nothing is. */
  readonly unsentSince: number | undefined;
  /** Bytes that wait for room. */
  readonly waitingBytes: number;
  /** There is room for all that waits, and it is taken: sends it. */
  admitted(): void;
  /** Its client does not read while others wait: ends it. May be called again if that did not help. */
  cutOff(): void;
}

export class SendBudget {
  readonly #maxBytes: number;
  readonly #calls = new Set<BudgetedCall>();
  /** Whoever came first is first. */
  readonly #waiting = new Set<BudgetedCall>();
  #bytes = 0;
  #admitting = false;
  #timer: NodeJS.Timeout | undefined;

  /** `maxBytes`: size that unsent messages may have together; a single one may be larger. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Calls that wait for room. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(call: BudgetedCall): void {
    this.#calls.add(call);
  }

  /** The call is over, and what it took has been given back. */
  delete(call: BudgetedCall): void {
    this.#calls.delete(call);
    this.#waiting.delete(call);
    this.#admit();
  }

  /** Takes room for a message, unless there is none or others have waited for longer. */
  take(bytes: number): boolean {
    if (this.#waiting.size > 0 || !this.#fits(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Gives room back, and lets those go that wait and fit now. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.size > 0) this.#admit();
  }

  /**
   * Queues the call until there is room for all that waits. Calls whose clients leave something unread for `unreadMs`
   * milliseconds meanwhile are cut off.
   */
  wait(call: BudgetedCall, unreadMs: number): void {
    this.#waiting.add(call);
    this.#watch(unreadMs);
  }

  #fits(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#maxBytes;
  }

  /** Calls that are admitted may give room back at once, which must not begin anew in the middle. */
  #admit(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    for (const call of this.#waiting) {
      if (!this.#fits(call.waitingBytes)) break;
      this.#waiting.delete(call);
      this.#bytes += call.waitingBytes;
      call.admitted();
    }
    this.#admitting = false;
    if (this.#waiting.size === 0) this.#unwatch();
  }

  #watch(unreadMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#cutOffBefore(performance.now() - unreadMs);
      if (this.#waiting.size > 0) this.#watch(unreadMs);
    }, unreadMs);
    this.#timer.unref();
  }

  #unwatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #cutOffBefore(time: number): void {
    for (const call of this.#calls) {
      if (call.unsentSince !== undefined && call.unsentSince <= time) call.cutOff();
    }
  }
}
