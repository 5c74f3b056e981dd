/**
 * Limits the number of bytes that all calls have passed on and clients have not read. If each stream copied its responses without this limit, a
 * reconnecting fleet would need a copy of all resources for each client.
 */

/** A call that sends within the budget. */
export interface BudgetedCall {
  /** When the oldest unsent message was passed on, in monotonic milliseconds. `undefined`: none is unsent. */
  readonly unsentSince: number | undefined;
  /** The number of bytes that wait for the budget. */
  readonly waitingBytes: number;
  /** The budget now includes all waiting bytes: send them. */
  admitted(): void;
  /** The client does not read while other calls wait: end the call. May be called again if the call did not end. */
  cutOff(): void;
}

export class SendBudget {
  readonly #maxBytes: number;
  readonly #calls = new Set<BudgetedCall>();
  /** In the order of arrival. */
  readonly #waiting = new Set<BudgetedCall>();
  #bytes = 0;
  #admitting = false;
  #timer: NodeJS.Timeout | undefined;

  /** `maxBytes`: limit of all unsent bytes. A single message may be larger. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The number of unsent bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of waiting calls. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(call: BudgetedCall): void {
    this.#calls.add(call);
  }

  /** The call has ended and returned its bytes. */
  delete(call: BudgetedCall): void {
    this.#calls.delete(call);
    this.#waiting.delete(call);
    this.#admit();
  }

  /** Takes bytes for a message. Returns false if the limit is reached or other calls already wait. */
  take(bytes: number): boolean {
    if (this.#waiting.size > 0 || !this.#fits(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Returns bytes, and admits waiting calls that now fit. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiting.size > 0) this.#admit();
  }

  /**
   * Queues the call until all of its waiting bytes fit. Meanwhile, calls whose clients have not read for `unreadMs` milliseconds are cut off.
   */
  wait(call: BudgetedCall, unreadMs: number): void {
    this.#waiting.add(call);
    this.#watch(unreadMs);
  }

  #fits(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#maxBytes;
  }

  /** An admitted call may return bytes at once. That must not start this loop again while it runs. */
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
