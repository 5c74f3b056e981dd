/**
 * Ends calls without a request after a time, for all services. Such calls cost a client nothing, but count towards the limits of the server.
 */
import {
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  type Methods,
  STATUS,
  StreamError,
} from '../transport/message-stream.js';

/** Called for a call that was ended, with the client's address and the status. */
export type RequestMissing = (peer: string, error: StreamError) => void;

/** The same methods, but a call ends with DEADLINE_EXCEEDED unless its first request arrives within `ms` milliseconds. */
export function expectRequests(methods: Methods, ms: number, missing: RequestMissing): Methods {
  return new Map([...methods].map(([path, handler]) => [path, expecting(handler, ms, missing)]));
}

function expecting(handler: MethodHandler, ms: number, missing: RequestMissing): MethodHandler {
  return (transport) => {
    const sink = handler(transport);
    return sink && new ExpectingSink(sink, transport, ms, missing);
  };
}

class ExpectingSink implements MessageSink {
  readonly #sink: MessageSink;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(sink: MessageSink, transport: MessageStream, ms: number, missing: RequestMissing) {
    this.#sink = sink;
    if (ms !== Infinity) this.#timer = setTimeout(() => this.#end(transport, ms, missing), ms).unref();
  }

  #end(transport: MessageStream, ms: number, missing: RequestMissing): void {
    const error = new StreamError(STATUS.deadlineExceeded, `no request within ${String(ms)} ms`, 'first-request');
    this.closed();
    missing(transport.peer, error);
    transport.end(error.code, error.message);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  received(message: Buffer): void {
    if (this.#timer !== undefined) this.#stop();
    this.#sink.received(message);
  }

  drained(): void {
    this.#sink.drained();
  }

  halfClosed(): void {
    this.#stop();
    this.#sink.halfClosed();
  }

  /** Called once, whichever side ends the call. */
  closed(): void {
    this.#stop();
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.closed();
  }
}
