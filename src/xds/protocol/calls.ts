/**
 * The open calls of a group of services. Limits their number, ends them together, and turns errors of their handlers into statuses. Must not
 * know what the services do.
 */
import {
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  STATUS,
  type StatusCode,
  StreamError,
} from '../transport/message-stream.js';
import type { Principal } from '../identities/principal.js';
import { WireError } from '../wire/reader.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** Limit of unread bytes, for each call and for all calls of a group. Further requests get RESOURCE_EXHAUSTED. */
const MAX_UNREAD = 64 << 20;
const MAX_UNREAD_TOGETHER = 256 << 20;

/** A call, for its handler. */
export interface Call {
  readonly peer: string;
  /** Who the client is, where calls are authenticated. */
  readonly principal: Principal | undefined;
  /** False while the client does not read. Then nothing should be sent before `drained`. */
  readonly writable: boolean;
  send(message: Buffer): void;
  end(code: StatusCode, message: string): void;
}

/** The handler of a call. A StreamError that it throws ends the call with this status; other errors end it as a bad request or a bug. */
export interface CallHandler {
  received(message: Buffer): void;
  /** The client reads again after `writable` was false. */
  drained?(): void;
  /** The client will send no more messages. Default: the call ends with OK. */
  halfClosed?(): void;
  /** The call has ended. Called once, after all other methods. */
  closed?(): void;
}

/** A unary call ends with its answer. A stream may stay open for long. */
export type CallKind = 'unary' | 'stream';

export interface CallsHost {
  /** Milliseconds that a client has to read an answer. */
  readonly readMs: number;
  /** Why a new call must be refused now; `undefined` to accept it. */
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
  /** Unread bytes of all calls. */
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

  /** A gRPC method. `handle` makes the handler of each call. */
  method(kind: CallKind, handle: (call: Call) => CallHandler): MethodHandler {
    return (transport, principal) => {
      const refusal = this.#host.refusal(kind, transport.peer);
      if (refusal === undefined) return this.#accept(transport, principal, handle);
      this.#host.failed(transport.peer, refusal);
      transport.end(refusal.code, refusal.message);
      return undefined;
    };
  }

  #accept(
    transport: MessageStream,
    principal: Principal | undefined,
    handle: (call: Call) => CallHandler,
  ): MessageSink {
    const call = new OpenCall(transport, principal, handle, {
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
  readonly principal: Principal | undefined;
  readonly #transport: MessageStream;
  readonly #host: OpenCallHost;
  readonly #handler: CallHandler;
  #unread = 0;
  /** Runs while the client does not read. */
  #readTimer: NodeJS.Timeout | undefined;
  #ended = false;
  writable = true;

  constructor(
    transport: MessageStream,
    principal: Principal | undefined,
    handle: (call: Call) => CallHandler,
    host: OpenCallHost,
  ) {
    this.principal = principal;
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

/** A method with one request and one answer. */
export function unary(answer: (request: Buffer, call: Call) => Buffer): (call: Call) => CallHandler {
  return (call) => ({
    received: (request) => {
      call.send(answer(request, call));
      call.end(STATUS.ok, '');
    },
    halfClosed: () => call.end(STATUS.invalidArgument, 'there was no request'),
  });
}

/** A method with one answer to each request. */
export function answering(answer: (request: Buffer, call: Call) => Buffer): (call: Call) => CallHandler {
  return (call) => ({ received: (request) => call.send(answer(request, call)) });
}
