/**
 * Cuts the bytes of a call into the messages of gRPC: a flag, a length of four bytes, the message.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { STATUS, StreamError } from './message-stream.js';

const PREFIX = 5;

/**
 * Memory in which messages that came in pieces are put together, one at a time, for all calls of a listener: a fleet that
 * acknowledges thousands of names each would otherwise be a flood of garbage.
 */
export class Scratch {
  #buffer: Buffer = Buffer.alloc(0);

  /** The pieces as one; valid until the next call. */
  join(pieces: readonly Buffer[], bytes: number): Buffer {
    if (bytes > MAX_SCRATCH) return Buffer.concat(pieces, bytes);
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafeSlow(Math.min(MAX_SCRATCH, 2 * bytes));
    let position = 0;
    for (const piece of pieces) position += piece.copy(this.#buffer, position);
    return this.#buffer.subarray(0, bytes);
  }
}

/** Larger messages get memory of their own. */
const MAX_SCRATCH = 1 << 20;

export class FrameReader {
  readonly #maxBytes: number;
  readonly #scratch: Scratch;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many bytes the next message needs, with its prefix, as far as that is known. */
  #needed = PREFIX;

  /** `maxBytes`: size that a message may have. */
  constructor(maxBytes: number, scratch: Scratch) {
    this.#maxBytes = maxBytes;
    this.#scratch = scratch;
  }

  /** Takes bytes in and hands out the messages that are complete; they are valid during the call of `message` only. Throws StreamError. */
  read(chunk: Buffer, message: (bytes: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    let bytes = this.#chunks.length === 1 ? chunk : this.#scratch.join(this.#chunks, this.#bytes);
    const joined = this.#chunks.length > 1;
    this.#chunks = [];
    while (bytes.length >= PREFIX) {
      const size = PREFIX + this.#messageSize(bytes);
      if (bytes.length < size) {
        this.#keep(bytes, size, joined);
        return;
      }
      message(bytes.subarray(PREFIX, size));
      bytes = bytes.subarray(size);
    }
    this.#keep(bytes, PREFIX, joined);
  }

  #messageSize(bytes: Buffer): number {
    if (bytes[0] !== 0) throw new StreamError(STATUS.unimplemented, 'compressed messages are not supported');
    const size = bytes.readUInt32BE(1);
    if (size > this.#maxBytes) throw new StreamError(STATUS.resourceExhausted, `a message of ${String(size)} bytes; ${String(this.#maxBytes)} are allowed`);
    return size;
  }

  #keep(bytes: Buffer, needed: number, copy: boolean): void {
    if (bytes.length > 0) this.#chunks.push(copy ? Buffer.from(bytes) : bytes);
    this.#bytes = bytes.length;
    this.#needed = needed;
  }
}
