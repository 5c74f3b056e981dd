/** The incomplete incoming messages of all calls of a listener: limits their size, and assembles them in one buffer. */

/** A larger message gets a buffer of its own. */
const MAX_SCRATCH = 1 << 20;

export class Intake {
  readonly #maxBytes: number;
  #bytes = 0;
  /**
   * The buffer in which messages in several pieces are assembled, one at a time. Otherwise the ACKs of a fleet, with thousands of names each,
   * would create much garbage.
   */
  #scratch: Buffer = Buffer.alloc(0);

  /** `maxBytes`: limit of the size of all incomplete messages. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reserves memory for a part of a message. Returns false if the limit is reached. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** The pieces in one buffer, which is valid until the next call. */
  join(pieces: readonly Buffer[], bytes: number): Buffer {
    if (bytes > MAX_SCRATCH) return Buffer.concat(pieces, bytes);
    if (this.#scratch.length < bytes) this.#scratch = Buffer.allocUnsafeSlow(Math.min(MAX_SCRATCH, 2 * bytes));
    let position = 0;
    for (const piece of pieces) position += piece.copy(this.#scratch, position);
    return this.#scratch.subarray(0, bytes);
  }
}
