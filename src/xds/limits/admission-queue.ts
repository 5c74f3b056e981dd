/**
 * Streams that wait for admission, when more come than are admitted per second: they are admitted in the order in which they came. It must not
 * know what streams do.
 */
import { HeldMessages, type MessageBudget } from '../protocol/held-messages.js';
import { TokenBucket } from '../protocol/limits.js';
import { type MessageSink, type MessageStream, STATUS, StreamError } from '../transport/message-stream.js';

/** As many streams wait as are admitted in so many seconds: an Envoy goes on to the next control plane, or gives up, soon after that. */
export const MAX_WAIT_SECONDS = 10;
/** Milliseconds that the streams of one turn of the event loop may take; one that was begun is finished. */
const TURN_MS = 10;

export interface AdmissionQueueHost {
  readonly budget: MessageBudget;
  /** Monotonic milliseconds. */
  now(): number;
  later(ms: number, action: () => void): void;
  /** A stream that waited is refused. */
  refused(stream: MessageStream, error: StreamError): void;
  /** A stream has begun to wait, or waits no more, whether it was admitted or not. */
  counted(peer: string, waits: boolean): void;
}

/** Begins the stream, which has waited or not. Returns `undefined` if it refused and ended it. */
type Open = (waited: boolean) => MessageSink | undefined;

export class AdmissionQueue {
  readonly #perSecond: number;
  readonly #host: AdmissionQueueHost;
  readonly #rate: TokenBucket;
  readonly #waiting = new Set<WaitingStream>();
  #scheduled = false;

  constructor(perSecond: number, host: AdmissionQueueHost) {
    this.#perSecond = perSecond;
    this.#host = host;
    this.#rate = new TokenBucket(perSecond, host.now());
  }

  /** The number of streams that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Begins the stream now, or when it is its turn. @throws StreamError UNAVAILABLE if too many wait. */
  admit(stream: MessageStream, open: Open): MessageSink | undefined {
    if (this.#waiting.size === 0 && this.#rate.take(this.#host.now())) return open(false);
    if (this.#waiting.size >= MAX_WAIT_SECONDS * this.#perSecond) throw tooMany();
    const waiting = new WaitingStream(stream, open, this.#host, () => this.#waiting.delete(waiting));
    this.#waiting.add(waiting);
    this.#host.counted(stream.peer, true);
    this.#schedule();
    return waiting;
  }

  /** Refuses those that wait. */
  refuse(error: StreamError): void {
    for (const waiting of [...this.#waiting]) waiting.refuse(error);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.#host.later(Math.ceil(this.#rate.wait(this.#host.now())), () => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const end = this.#host.now() + TURN_MS;
    for (const waiting of [...this.#waiting]) {
      // It may have left meanwhile.
      if (!this.#waiting.has(waiting)) continue;
      const now = this.#host.now();
      if (now >= end || !this.#rate.take(now)) break;
      waiting.admit();
    }
    this.#schedule();
  }
}

function tooMany(): StreamError {
  return new StreamError(STATUS.unavailable, 'too many new streams at once', 'stream-rate');
}

class WaitingStream implements MessageSink {
  readonly #stream: MessageStream;
  readonly #open: Open;
  readonly #host: AdmissionQueueHost;
  readonly #left: () => void;
  readonly #held: HeldMessages;
  #waits = true;
  #sink: MessageSink | undefined;

  constructor(stream: MessageStream, open: Open, host: AdmissionQueueHost, left: () => void) {
    this.#stream = stream;
    this.#open = open;
    this.#host = host;
    this.#left = left;
    this.#held = new HeldMessages(host.budget);
  }

  admit(): void {
    this.#leave();
    this.#sink = this.#open(true);
    if (this.#sink === undefined) this.#held.discard();
    else this.#held.passOn(this.#sink);
  }

  refuse(error: StreamError): void {
    this.#leave();
    this.#held.discard();
    this.#host.refused(this.#stream, error);
  }

  #leave(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#left();
    this.#host.counted(this.#stream.peer, false);
  }

  received(message: Buffer): void {
    if (this.#sink !== undefined) this.#sink.received(message);
    else if (this.#waits && !this.#held.keep(message)) this.refuse(tooMany());
  }

  drained(): void {
    this.#sink?.drained();
  }

  halfClosed(): void {
    if (this.#sink === undefined) this.#held.halfClose();
    else this.#sink.halfClosed();
  }

  closed(): void {
    this.#leave();
    this.#held.discard();
    this.#sink?.closed();
  }
}
