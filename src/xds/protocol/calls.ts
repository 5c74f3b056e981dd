/**
 * The open calls of one group of services: bounded, ended together, and with the errors of their handlers turned into
 * statuses. It must not know what the services say.
 */
import {
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  STATUS,
  type StatusCode,
  StreamError,
} from '../transport/message-stream.js';
import { WireError } from '../wire/reader.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** Bytes of answers that a call may leave unread, and all of a group together; what is asked beyond that gets RESOURCE_EXHAUSTED. */
const MAX_UNREAD = 64 << 20;
const MAX_UNREAD_TOGETHER = 256 << 20;

/** A call as its handler sees it. */
export interface Call {
  readonly peer: string;
  /** False while the client does not read: nothing should be sent before `drained`. */
  readonly writable: boolean;
  send(message: Buffer): void;
  end(code: StatusCode, message: string): void;
}

/** What a call does. Errors that it throws end the call: StreamError as it says, others as bad requests or ours. */
export interface CallHandler {
  received(message: Buffer): void;
  /** The client reads again. */
  drained?(): void;
  /** The client will send nothing more. Default: the call ends with OK. */
  halfClosed?(): void;
  /** The call is over. Comes exactly once, and last. */
  closed?(): void;
}

/** A unary call is over with its answer; a stream may stay for long. */
export type CallKind = 'unary' | 'stream';

export interface CallsHost {
  /** Milliseconds that a client has to read an answer. */
  readonly readMs: number;
  /** Why a call is turned away now, if it is. */
  refusal(kind: CallKind, peer: string): StreamError | undefined;
  /** A call of this peer was accepted, or is over. */
  opened?(peer: string): void;
  closed?(peer: string): void;
  /** The server ended a call. `cause` is ours to mend. */
  readonly failed: (peer: string, error: StreamError, cause?: unknown) => void;
}

export class Calls {
  readonly #host: CallsHost;
  readonly #open = new Set<OpenCall>();
  /** Bytes that were sent to calls that do not read. */
  #unread = 0;

  constructor(host: CallsHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#open.size;
  }

  all(): readonly Pick<Call, 'end'>[] {
    return [...this.#open];
  }

  /** A method of gRPC of which each call gets a handler. */
  method(kind: CallKind, handle: (call: Call) => CallHandler): MethodHandler {
    return (transport) => {
      const refusal = this.#host.refusal(kind, transport.peer);
      if (refusal === undefined) return this.#accept(transport, handle);
      this.#host.failed(transport.peer, refusal);
      transport.end(refusal.code, refusal.message);
      return undefined;
    };
  }

  #accept(transport: MessageStream, handle: (call: Call) => CallHandler): MessageSink {
    const call = new OpenCall(transport, handle, {
      readMs: this.#host.readMs,
      failed: (peer, error, cause) => this.#host.failed(peer, error, cause),
      unread: (bytes) => (this.#unread += bytes),
      closed: (closed) => {
        this.#open.delete(closed);
        this.#host.closed?.(closed.peer);
      },
    });
    this.#open.add(call);
    this.#host.opened?.(transport.peer);
    return call;
  }
}

interface OpenCallHost extends Pick<CallsHost, 'failed' | 'readMs'> {
  /** Adds to the bytes that are not read, and returns them. */
  unread(bytes: number): number;
  closed(call: OpenCall): void;
}

class OpenCall implements Call, MessageSink {
  readonly #transport: MessageStream;
  readonly #host: OpenCallHost;
  readonly #handler: CallHandler;
  #unread = 0;
  /** Runs while the client does not read. */
  #readTimer: NodeJS.Timeout | undefined;
  #ended = false;
  writable = true;

  constructor(transport: MessageStream, handle: (call: Call) => CallHandler, host: OpenCallHost) {
    this.#transport = transport;
    this.#host = host;
    this.#handler = handle(this);
  }

  get peer(): string {
    return this.#transport.peer;
  }

  send(message: Buffer): void {
    if (this.#ended) return;
    this.writable = this.#transport.write(NOTHING, message);
    if (this.writable) return;
    this.#addUnread(message.length);
    const { readMs } = this.#host;
    if (readMs !== Infinity) this.#readTimer ??= setTimeout(() => this.#fail(notRead(readMs)), readMs).unref();
  }

  end(code: StatusCode, message: string): void {
    if (this.#ended) return;
    this.closed();
    this.#transport.end(code, message);
  }

  received(message: Buffer): void {
    this.#guard(() => {
      if (this.#unread > MAX_UNREAD || this.#host.unread(0) > MAX_UNREAD_TOGETHER)
        throw new StreamError(STATUS.resourceExhausted, 'answers are not read', 'unread');
      this.#handler.received(message);
    });
  }

  drained(): void {
    this.writable = true;
    this.#stopWaiting();
    this.#addUnread(-this.#unread);
    this.#guard(() => this.#handler.drained?.());
  }

  halfClosed(): void {
    if (this.#handler.halfClosed === undefined) this.end(STATUS.ok, '');
    else this.#guard(() => this.#handler.halfClosed?.());
  }

  closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWaiting();
    this.#addUnread(-this.#unread);
    this.#host.closed(this);
    this.#handler.closed?.();
  }

  #stopWaiting(): void {
    clearTimeout(this.#readTimer);
    this.#readTimer = undefined;
  }

  #addUnread(bytes: number): void {
    this.#unread += bytes;
    this.#host.unread(bytes);
  }

  #guard(action: () => void): void {
    if (this.#ended) return;
    try {
      action();
    } catch (error) {
      const ours = !(error instanceof StreamError || error instanceof WireError);
      this.#fail(toStreamError(error), ours ? error : undefined);
    }
  }

  #fail(error: StreamError, cause?: unknown): void {
    this.#host.failed(this.peer, error, cause);
    this.end(error.code, error.message);
  }
}

function notRead(ms: number): StreamError {
  return new StreamError(STATUS.deadlineExceeded, `an answer was not read within ${String(ms)} ms`, 'unread');
}

function toStreamError(error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  if (error instanceof WireError) return new StreamError(STATUS.invalidArgument, `malformed request: ${error.message}`);
  return new StreamError(STATUS.internal, 'internal error');
}

/** One request, one answer. */
export function unary(answer: (request: Buffer) => Buffer): (call: Call) => CallHandler {
  return (call) => ({
    received: (request) => {
      call.send(answer(request));
      call.end(STATUS.ok, '');
    },
    halfClosed: () => call.end(STATUS.invalidArgument, 'there was no request'),
  });
}

/** Any number of requests, one answer to each. */
export function answering(answer: (request: Buffer) => Buffer): (call: Call) => CallHandler {
  return (call) => ({ received: (request) => call.send(answer(request)) });
}
