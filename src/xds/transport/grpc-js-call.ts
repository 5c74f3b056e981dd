/**
 * One call of a server of @grpc/grpc-js. For each stream, grpc-js copies each message behind its prefix. Bytes that clients have not read
 * therefore count towards a budget for all calls. Beyond it, messages wait without a copy.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type ServerHttp2Stream, constants } from 'node:http2';
import { X509Certificate } from 'node:crypto';
import { type ClientCredentials, credentialsOf } from '../identities/credentials.js';
import { FrameMeter } from './frame-meter.js';
import { type CutOff, cutOffLater, halfOpen } from './half-open.js';
import type { Intake } from './intake.js';
import {
  CUT_OFF,
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  STATUS,
  type StatusCode,
  StreamError,
} from './message-stream.js';
import type { MessageParts } from './parts.js';
import type { BudgetedCall, SendBudget } from './send-budget.js';

export type DuplexCall = ServerDuplexStream<Buffer, MessageParts>;

/** The objects that a call shares with others, and its own HTTP/2 stream. */
export interface CallSurroundings {
  readonly stream: ServerHttp2Stream;
  readonly budget: SendBudget;
  readonly intake: Intake;
  /** Time for the client to read the remaining bytes when the call ends, in milliseconds. */
  readonly unreadMs: number;
  readonly cutOff: CutOff;
  readonly maxRequestBytes: number;
}

/** Limit of unread bytes of a call, after which nothing more should be written. grpc-js itself counts messages only. */
const MAX_WAITING = 16_384;

const UNREAD = new StreamError(STATUS.resourceExhausted, 'responses are not read while others wait', 'unread');

export class GrpcJsCall implements MessageStream, BudgetedCall {
  readonly peer: string;
  readonly #call: DuplexCall;
  /** `undefined` on a server of the caller, which has its own limits. */
  readonly #surroundings: CallSurroundings | undefined;
  readonly #waiting: MessageParts[] = [];
  #sink: MessageSink | undefined;
  #meter: FrameMeter | undefined;
  /** Bytes that were passed to grpc-js and not sent. */
  #unsent = 0;
  #blocked = false;
  #closed = false;
  #ending: { readonly code: StatusCode; readonly message: string } | undefined;
  unsentSince: number | undefined;
  waitingBytes = 0;

  constructor(call: DuplexCall, surroundings: CallSurroundings | undefined) {
    this.peer = call.getPeer();
    this.#call = call;
    this.#surroundings = surroundings;
  }

  credentials(): ClientCredentials {
    const [authorization] = this.#call.metadata.get('authorization');
    if (this.#surroundings !== undefined) return credentialsOf(this.#surroundings.stream, authorization);
    const certificate = this.#call.getAuthContext().sslPeerCertificate?.raw;
    return {
      ...(certificate && { certificate: new X509Certificate(certificate) }),
      ...(typeof authorization === 'string' && { authorization }),
    };
  }

  /** Passes incoming messages to the handler. */
  serve(handler: MethodHandler): void {
    const call = this.#call;
    this.#surroundings?.budget.add(this);
    call.on('cancelled', () => this.#close());
    call.on('close', () => this.#close());
    const sink = handler(this);
    this.#sink = sink;
    if (sink === undefined) return;
    this.#measure();
    call.on('data', (message: Buffer) => {
      if (this.#ending === undefined) sink.received(message);
    });
    call.on('end', () => this.#halfClosed(sink));
  }

  write(head: Buffer, body: Buffer): boolean {
    if (this.#ending !== undefined || this.#closed) return true;
    const size = head.length + body.length;
    if (this.#surroundings?.budget.take(size) === false) this.#wait([head, body], size, this.#surroundings);
    else this.#send([head, body]);
    this.#blocked = this.#waiting.length > 0 || this.#unsent > MAX_WAITING;
    return !this.#blocked;
  }

  end(code: StatusCode, message: string): void {
    if (this.#ending !== undefined || this.#closed) return;
    this.#ending = { code, message };
    this.#cutOffLater();
    if (this.#waiting.length === 0) endCall(this.#call, code, message);
  }

  admitted(): void {
    const waiting = this.#waiting.splice(0);
    this.waitingBytes = 0;
    for (const parts of waiting) this.#send(parts);
    if (this.#ending !== undefined) endCall(this.#call, this.#ending.code, this.#ending.message);
  }

  #cutOffLater(): void {
    if (this.#surroundings === undefined) return;
    const { stream, unreadMs, cutOff } = this.#surroundings;
    cutOffLater(stream, unreadMs, () => cutOff(this.peer, halfOpen(unreadMs)));
  }

  cutOff(): void {
    this.#surroundings?.cutOff(this.peer, UNREAD);
    const stream = this.#surroundings?.stream;
    // A connection without any progress does not even process the end of a stream.
    if (stream?.closed === true) stream.session?.destroy();
    else stream?.close(constants.NGHTTP2_CANCEL);
  }

  #wait(parts: MessageParts, size: number, { budget, unreadMs }: CallSurroundings): void {
    this.#waiting.push(parts);
    this.waitingBytes += size;
    budget.wait(this, unreadMs);
  }

  #send(parts: MessageParts): void {
    const size = parts[0].length + parts[1].length;
    this.#unsent += size;
    this.unsentSince ??= performance.now();
    this.#call.write(parts, () => this.#sent(size));
  }

  #sent(size: number): void {
    // A closed call has already returned its whole share of the budget.
    if (this.#closed) return;
    this.#unsent -= size;
    this.unsentSince = this.#unsent === 0 ? undefined : performance.now();
    this.#surroundings?.budget.give(size);
    if (!this.#blocked || this.#waiting.length > 0 || this.#unsent > MAX_WAITING) return;
    this.#blocked = false;
    this.#sink?.drained();
  }

  #measure(): void {
    if (this.#surroundings === undefined) return;
    const { stream, intake, maxRequestBytes } = this.#surroundings;
    const meter = new FrameMeter(maxRequestBytes, intake, { tooSlow: (error) => this.#fail(error) });
    this.#meter = meter;
    // Before grpc-js reads the bytes. It does not read them once the call has ended.
    stream.prependListener('data', (chunk: Buffer) => this.#read(meter, chunk));
    stream.once('close', () => meter.release());
  }

  #read(meter: FrameMeter, chunk: Buffer): void {
    if (this.#ending !== undefined || this.#closed) return;
    try {
      meter.read(chunk);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#fail(error);
    }
  }

  #fail(error: StreamError): void {
    this.#surroundings?.cutOff(this.peer, error);
    this.end(error.code, error.message);
  }

  #halfClosed(sink: MessageSink): void {
    if (this.#meter?.incomplete === true) this.end(STATUS.internal, CUT_OFF);
    else sink.halfClosed();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.length = 0;
    this.waitingBytes = 0;
    this.unsentSince = undefined;
    this.#surroundings?.budget.give(this.#unsent);
    this.#surroundings?.budget.delete(this);
    this.#sink?.closed();
  }
}

function endCall(call: DuplexCall, code: StatusCode, message: string): void {
  if (code === STATUS.ok) call.end();
  else call.emit('error', { code, details: wellFormed(message) });
}

/** Replaces lone surrogates, which a text that was cut off may contain: they cannot be sent. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
