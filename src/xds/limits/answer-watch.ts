/**
 * Ends streams whose clients do not answer: that read nothing, or read and neither acknowledge nor reject. They are looked at now and
 * then, all together, so that a response and its answer cost nothing for it.
 */
import { STATUS, StreamError } from '../transport/message-stream.js';

/** A stream is looked at so often within the time that its client has. */
const LOOKS = 4;

export interface AnsweringStream {
  /** Since when the oldest response waits for its answer, in monotonic milliseconds; undefined: none does. */
  readonly unansweredSince: number | undefined;
  /** Ends the stream. */
  unanswered(error: StreamError): void;
}

export class AnswerWatch {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #streams = new Set<AnsweringStream>();
  #timer: NodeJS.Timeout | undefined;

  /** `ms`: milliseconds that a client has to answer; it may have a quarter more. */
  constructor(ms: number, now: () => number) {
    this.#ms = ms;
    this.#now = now;
  }

  add(stream: AnsweringStream): void {
    this.#streams.add(stream);
    if (this.#timer !== undefined || this.#ms === Infinity) return;
    this.#timer = setInterval(() => this.#look(), Math.ceil(this.#ms / LOOKS)).unref();
  }

  delete(stream: AnsweringStream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const latest = this.#now() - this.#ms;
    for (const stream of [...this.#streams]) {
      const since = stream.unansweredSince;
      if (since !== undefined && since <= latest) stream.unanswered(noAnswer(this.#ms));
    }
  }
}

function noAnswer(ms: number): StreamError {
  const message = `no answer to a response within ${String(ms)} ms`;
  return new StreamError(STATUS.deadlineExceeded, message, 'acknowledgement');
}
