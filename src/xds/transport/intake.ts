/** What all calls of a listener are receiving at the moment: bounded, and put together in one place. */
import { LISTEN_DEFAULTS, type ListenOptions } from './listen-options.js';
import { STATUS, StreamError } from './message-stream.js';

export function newIntake({ maxIncompleteBytes, incompleteMs }: ListenOptions): Intake {
  return new Intake(
    maxIncompleteBytes ?? LISTEN_DEFAULTS.maxIncompleteBytes,
    incompleteMs ?? LISTEN_DEFAULTS.incompleteMs,
  );
}

function tooSlow(ms: number): StreamError {
  const message = `a request did not arrive completely within ${String(ms)} ms`;
  return new StreamError(STATUS.deadlineExceeded, message, 'incomplete-requests');
}

/** A larger message gets a buffer of its own. */
const MAX_SCRATCH = 1 << 20;

/** A call on which a request has begun. */
export interface IncompleteRequest {
  /** It has not arrived completely in time: ends the call. */
  tooSlow(error: StreamError): void;
}

export class Intake {
  readonly #maxBytes: number;
  readonly #maxMs: number;
  #bytes = 0;
  /** Since when, in monotonic milliseconds; the oldest first. */
  readonly #incomplete = new Map<IncompleteRequest, number>();
  #timer: NodeJS.Timeout | undefined;
  /**
   * The buffer in which messages in several pieces are assembled, one at a time. Otherwise the ACKs of a fleet, with thousands of names each,
   * would create much garbage.
   */
  #scratch: Buffer = Buffer.alloc(0);

  /** `maxBytes`: size that incomplete messages may have together; `maxMs`: milliseconds that one may take to arrive. */
  constructor(maxBytes: number, maxMs = Infinity) {
    this.#maxBytes = maxBytes;
    this.#maxMs = maxMs;
  }

  /** A message has begun, after the one before. */
  begin(request: IncompleteRequest): void {
    if (this.#maxMs === Infinity) return;
    this.#incomplete.delete(request);
    this.#incomplete.set(request, performance.now());
    if (this.#timer === undefined) this.#watch(this.#maxMs);
  }

  /** Nothing is incomplete any more. */
  end(request: IncompleteRequest): void {
    if (!this.#incomplete.delete(request) || this.#incomplete.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(ms: number): void {
    this.#timer = setTimeout(() => this.#endSlow(), ms).unref();
  }

  #endSlow(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [request, since] of [...this.#incomplete]) {
      const left = since + this.#maxMs - now;
      if (left > 0) {
        this.#watch(Math.ceil(left));
        return;
      }
      this.#incomplete.delete(request);
      request.tooSlow(tooSlow(this.#maxMs));
    }
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
