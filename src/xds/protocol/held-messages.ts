/** Requests of calls that wait for something. They are kept in the order in which they came, and their bytes are bounded for all calls together. */
import type { MessageSink } from '../transport/message-stream.js';

/** Bytes that may be kept, of all calls together. */
export class MessageBudget {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns false, and takes nothing, if that would be too much. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What one call has sent meanwhile. */
export class HeldMessages {
  readonly #budget: MessageBudget;
  #messages: Buffer[] = [];
  #halfClosed = false;

  constructor(budget: MessageBudget) {
    this.#budget = budget;
  }

  /** Returns false if the message is not kept, because that would be too much. */
  keep(message: Buffer): boolean {
    if (!this.#budget.take(message.length)) return false;
    // The message is valid during this call only.
    this.#messages.push(Buffer.from(message));
    return true;
  }

  halfClose(): void {
    this.#halfClosed = true;
  }

  discard(): void {
    for (const { length } of this.#messages.splice(0)) this.#budget.give(length);
  }

  /** Passes on what was kept, as long as `goesOn`: what was passed on may make the call wait again. */
  passOn(sink: Pick<MessageSink, 'received' | 'halfClosed'>, goesOn: () => boolean = () => true): void {
    while (goesOn()) {
      const message = this.#messages.shift();
      if (message === undefined) break;
      this.#budget.give(message.length);
      sink.received(message);
    }
    if (!this.#halfClosed || this.#messages.length > 0 || !goesOn()) return;
    this.#halfClosed = false;
    sink.halfClosed();
  }
}
