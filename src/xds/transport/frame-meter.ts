/**
 * Counts the bytes of incomplete messages of a call, without storing them. The library that assembles the messages tells neither how much of
 * an incomplete message it holds, nor that the last message was cut off.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { IncompleteRequest, Intake } from './intake.js';
import { COMPRESSED, STATUS, StreamError, TOO_MUCH, tooLarge } from './message-stream.js';

const PREFIX = 5;
/** The memory of a chunk of a message in addition to its bytes: a client may send one byte at a time. */
const PIECE = 128;

export class FrameMeter {
  readonly #maxBytes: number;
  readonly #intake: Intake;
  readonly #request: IncompleteRequest;
  /** Bytes of the prefix that have arrived. */
  #prefix = 0;
  /** The size of the message, from the bytes of its prefix that have arrived. */
  #size = 0;
  /** Bytes of the message that have not arrived. */
  #missing = 0;
  /** The memory for the part of a message that has arrived. */
  #arrived = 0;
  /** Bytes that are reserved. */
  #reserved = 0;
  /** A message began since bytes were last read. */
  #began = false;

  /** `maxBytes`: size that a message may have. */
  constructor(maxBytes: number, intake: Intake, request: IncompleteRequest) {
    this.#maxBytes = maxBytes;
    this.#intake = intake;
    this.#request = request;
  }

  /** Whether a message is incomplete. */
  get incomplete(): boolean {
    return this.#prefix > 0 || this.#missing > 0;
  }

  /** @throws StreamError for a compressed message, and if the limit of incomplete messages is reached. */
  read(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#missing > 0) position += this.#skip(chunk.length - position);
      else this.#begin(chunk[position++] ?? 0);
    }
    this.#reserve(this.incomplete ? this.#arrived : 0);
    if (!this.incomplete) this.#intake.end(this.#request);
    else if (this.#began) this.#intake.begin(this.#request);
    this.#began = false;
  }

  /** The call has ended. */
  release(): void {
    this.#reserve(0);
    this.#intake.end(this.#request);
  }

  #skip(available: number): number {
    const part = Math.min(this.#missing, available);
    this.#missing -= part;
    this.#arrived += part + PIECE;
    return part;
  }

  #begin(byte: number): void {
    if (this.#prefix === 0) {
      if (byte !== 0) throw new StreamError(STATUS.unimplemented, COMPRESSED);
      this.#arrived = 0;
      this.#size = 0;
      this.#began = true;
    } else this.#size = this.#size * 256 + byte;
    this.#prefix += 1;
    this.#arrived += 1;
    if (this.#prefix < PREFIX) return;
    this.#prefix = 0;
    if (this.#size > this.#maxBytes) throw tooLarge(this.#size, this.#maxBytes);
    this.#missing = this.#size;
  }

  #reserve(bytes: number): void {
    if (bytes > this.#reserved && !this.#intake.take(bytes - this.#reserved)) {
      throw new StreamError(STATUS.resourceExhausted, TOO_MUCH, 'incomplete-requests');
    }
    if (bytes < this.#reserved) this.#intake.give(this.#reserved - bytes);
    this.#reserved = bytes;
  }
}
