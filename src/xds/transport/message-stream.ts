/** What a stream needs of gRPC: whole messages in both directions, back-pressure and a status at the end. */

/** The statuses that the server uses. https://grpc.io/docs/guides/status-codes/ */
export const STATUS = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  internal: 13,
  unavailable: 14,
} as const;

export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** The server's side of a call. */
export interface MessageStream {
  /** Address of the client, for people to read. */
  readonly peer: string;
  /**
   * Sends one message that consists of these two parts. False: it is taken, but nothing more should be written before
   * `drained`.
   */
  write(head: Buffer, body: Buffer): boolean;
  /** Ends the call; nothing is written after that. */
  end(code: StatusCode, message: string): void;
}

/** What the call tells the server. `closed` comes exactly once and last. */
export interface MessageSink {
  received(message: Buffer): void;
  drained(): void;
  /** The client will send nothing more. */
  halfClosed(): void;
  closed(): void;
}

/** Ends the stream with this status. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StatusCode;

  constructor(code: StatusCode, message: string) {
    super(message);
    this.code = code;
  }
}
