/** One gRPC call over an HTTP/2 stream. Bodies are written without a copy, so that many streams can share one. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { FrameReader } from './frame-reader.js';
import { type ClientCredentials, credentialsOf } from '../identities/credentials.js';
import { type CutOff, cutOffLater, halfOpen, peerOf } from './half-open.js';
import type { Intake } from './intake.js';
import {
  CUT_OFF,
  type MessageSink,
  type MessageStream,
  STATUS,
  type StatusCode,
  StreamError,
} from './message-stream.js';

const PREFIX = 5;
/** A body up to this size is copied behind its head, which is cheaper than two writes. */
const MAX_COPY = 16_384;

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity',
} as const;

export class Http2Call implements MessageStream {
  readonly peer: string;
  readonly #stream: ServerHttp2Stream;
  readonly #authorization: string | undefined;
  readonly #unreadMs: number;
  readonly #cutOff: CutOff;
  #responded = false;
  #status: Record<string, string> | undefined;

  /** `unreadMs`: time for the client to read the remaining bytes when the call ends, in milliseconds. */
  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, unreadMs: number, cutOff: CutOff) {
    this.#stream = stream;
    this.peer = peerOf(stream);
    this.#authorization = headers.authorization;
    this.#unreadMs = unreadMs;
    this.#cutOff = cutOff;
  }

  credentials(): ClientCredentials {
    return credentialsOf(this.#stream, this.#authorization);
  }

  /** Passes incoming messages to the sink. */
  serve(sink: MessageSink, maxBytes: number, intake: Intake): void {
    const stream = this.#stream;
    const reader = new FrameReader(maxBytes, intake, { tooSlow: (error) => this.#fail(error) });
    stream.on('data', (chunk: Buffer) => this.#read(reader, chunk, sink));
    stream.on('end', () => this.#halfClosed(reader, sink));
    stream.on('drain', () => sink.drained());
    stream.once('close', () => {
      reader.release();
      sink.closed();
    });
  }

  #read(reader: FrameReader, chunk: Buffer, sink: MessageSink): void {
    if (this.#status !== undefined) return;
    try {
      reader.read(chunk, (message) => sink.received(message));
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#fail(error);
    }
  }

  /** The transport ends the call; the sink hears of it when the call is over. */
  #fail(error: StreamError): void {
    this.#cutOff(this.peer, error);
    this.end(error.code, error.message);
  }

  /** A client that ends its side in the middle of a message has not said what it meant to: that is an error, as gRPC has it. */
  #halfClosed(reader: FrameReader, sink: MessageSink): void {
    if (reader.incomplete) this.end(STATUS.internal, CUT_OFF);
    else sink.halfClosed();
  }

  write(head: Buffer, body: Buffer): boolean {
    const stream = this.#stream;
    if (this.#status !== undefined || stream.destroyed) return true;
    this.#respond();
    const size = head.length + body.length;
    const copied = body.length <= MAX_COPY;
    const frame = Buffer.allocUnsafe(PREFIX + (copied ? size : head.length));
    frame[0] = 0;
    frame.writeUInt32BE(size, 1);
    head.copy(frame, PREFIX);
    if (copied) {
      body.copy(frame, PREFIX + head.length);
      return stream.write(frame);
    }
    stream.cork();
    stream.write(frame);
    const writable = stream.write(body);
    stream.uncork();
    return writable;
  }

  #respond(): void {
    if (this.#responded) return;
    this.#responded = true;
    this.#stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    this.#stream.once('wantTrailers', () => this.#stream.sendTrailers(this.#status ?? statusHeaders(STATUS.ok, '')));
  }

  end(code: StatusCode, message: string): void {
    const stream = this.#stream;
    if (this.#status !== undefined || stream.destroyed || stream.closed) return;
    this.#status = statusHeaders(code, message);
    cutOffLater(stream, this.#unreadMs, () => this.#cutOff(this.peer, halfOpen(this.#unreadMs)));
    if (this.#responded) {
      stream.end();
      return;
    }
    stream.respond({ ...RESPONSE_HEADERS, ...this.#status }, { endStream: true });
    stream.resume();
  }
}

function statusHeaders(code: StatusCode, message: string): Record<string, string> {
  return message === ''
    ? { 'grpc-status': String(code) }
    : { 'grpc-status': String(code), 'grpc-message': percentEncode(message) };
}

/** Encodes all characters except printable ASCII, and encodes `%` itself. */
function percentEncode(message: string): string {
  return message.replace(/[^ -$&-~]+/gu, (part) =>
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
