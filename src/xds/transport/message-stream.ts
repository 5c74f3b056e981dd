/** The interface of the server to gRPC: whole messages in both directions, flow control, and a status at the end. */
import type { ClientCredentials } from '../identities/credentials.js';
import type { LimitName } from './limit-name.js';
import type { Principal } from '../identities/principal.js';

/** The statuses that the server uses. https://grpc.io/docs/guides/status-codes/ */
export const STATUS = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The messages of statuses that transports end calls with: INTERNAL, UNIMPLEMENTED and RESOURCE_EXHAUSTED. */
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
  /** Address of the client, for messages. */
  readonly peer: string;
  /** What the client shows to prove who it is. Absent: nothing. */
  credentials?(): ClientCredentials;
  /**
   * Sends one message that consists of these two parts. Returns false if nothing more should be written before `drained`; this message is sent
   * nevertheless.
   */
  write(head: Buffer, body: Buffer): boolean;
  /** Ends the call. Nothing may be written after that. A client that does not read gets some time, then the stream is reset. */
  end(code: StatusCode, message: string): void;
}

/** Events of the call. `closed` is emitted exactly once and last, whichever side ended the call. */
export interface MessageSink {
  /** The message is valid during the call only. */
  received(message: Buffer): void;
  drained(): void;
  /** The client will send no more messages. */
  halfClosed(): void;
  closed(): void;
}

/**
 * Handles calls of a gRPC method of any kind. Returns `undefined` if it refused and ended the call.
 * @param principal the identity of the client, where calls are authenticated.
 */
export type MethodHandler = (stream: MessageStream, principal?: Principal) => MessageSink | undefined;

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
