/** What the server needs of gRPC: whole messages in both directions, back-pressure and a status at the end. */
import type { LimitName } from './limit-name.js';

/** The statuses that the server uses. https://grpc.io/docs/guides/status-codes/ */
export const STATUS = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Why a transport ends calls with INTERNAL, UNIMPLEMENTED and RESOURCE_EXHAUSTED. */
export const CUT_OFF = 'the request is cut off in the middle of a message';
export const COMPRESSED = 'compressed messages are not supported';
export const TOO_MUCH = 'too much is being received at the same time';

export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** A message is larger than is allowed. */
export function tooLarge(bytes: number, limit: number): StreamError {
  const message = `a message of ${String(bytes)} bytes; ${String(limit)} are allowed`;
  return new StreamError(STATUS.resourceExhausted, message, 'request-size');
}

/** The server's side of a call. */
export interface MessageStream {
  /** Address of the client, for people to read. */
  readonly peer: string;
  /**
   * Sends one message that consists of these two parts. False: it is taken, but nothing more should be written before
   * `drained`.
   */
  write(head: Buffer, body: Buffer): boolean;
  /** Ends the call; nothing is written after that. A client that does not read is cut off. */
  end(code: StatusCode, message: string): void;
}

/** Events of the call. `closed` is emitted exactly once and last, whichever side ended the call. */
export interface MessageSink {
  /** The message is valid during the call only. */
  received(message: Buffer): void;
  drained(): void;
  /** The client will send nothing more. */
  halfClosed(): void;
  closed(): void;
}

/** Serves a method of gRPC, of whatever kind. Undefined: the call was turned away, and has been ended. */
export type MethodHandler = (stream: MessageStream) => MessageSink | undefined;

/** Methods by path: `/package.Service/Method`. */
export type Methods = ReadonlyMap<string, MethodHandler>;

/** Ends the stream with this status. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StatusCode;
  /** The limit that the client, or its kind, has reached; undefined for other reasons. */
  readonly limit: LimitName | undefined;

  constructor(code: StatusCode, message: string, limit?: LimitName) {
    super(message);
    this.code = code;
    this.limit = limit;
  }
}
