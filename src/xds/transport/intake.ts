/** What all calls of a listener are receiving at the moment: bounded, and put together in one place. */

/** Larger messages get memory of their own. */
const MAX_SCRATCH = 1 << 20;

export class Intake {
  readonly #maxBytes: number;
  #bytes = 0;
  /**
   * Messages that came in pieces are put together here, one at a time: a fleet that acknowledges thousands of names each
   * would otherwise be a flood of garbage.
   */
  #scratch: Buffer = Buffer.alloc(0);

  /** `maxBytes`: size that incomplete messages may have together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reserves room for a part of a message; false if there is none. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** The pieces as one; valid until the next call. */
  join(pieces: readonly Buffer[], bytes: number): Buffer {
    if (bytes > MAX_SCRATCH) return Buffer.concat(pieces, bytes);
    if (this.#scratch.length < bytes) this.#scratch = Buffer.allocUnsafeSlow(Math.min(MAX_SCRATCH, 2 * bytes));
    let position = 0;
    for (const piece of pieces) position += piece.copy(this.#scratch, position);
    return this.#scratch.subarray(0, bytes);
  }
}
