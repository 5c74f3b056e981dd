/**
 * Splits the bytes of a call into gRPC messages: a flag, a length of four bytes, the message.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { IncompleteRequest, Intake } from './intake.js';
import { COMPRESSED, STATUS, StreamError, TOO_MUCH, tooLarge } from './message-stream.js';

const PREFIX = 5;
/** Pieces up to this size are copied together. A client may send single bytes, and an object for each would need a hundred times the memory. */
const SMALL = 256;
const GATHERED = 1 << 10;

export class FrameReader {
  readonly #maxBytes: number;
  readonly #intake: Intake;
  readonly #request: IncompleteRequest;
  /**
   * Emptied, never replaced. A list that lives until the next message gets into V8's old generation. There a discarded list would keep its pieces
   * in memory until the next full garbage collection: with large ACKs, up to 64 MB.
   */
  readonly #pieces: Buffer[] = [];
  /** A buffer for small pieces. The last piece is its used part; `undefined` if the last piece is another buffer. */
  #gathered: Buffer | undefined;
  #bytes = 0;
  /** The number of bytes that the next message needs, including its prefix, as far as it is known. */
  #needed = PREFIX;

  /** `maxBytes`: maximum size of a message. */
  constructor(maxBytes: number, intake: Intake, request: IncompleteRequest) {
    this.#maxBytes = maxBytes;
    this.#intake = intake;
    this.#request = request;
  }

  /**
   * Reads bytes, and passes complete messages to `message`. They are valid during that call only.
   *
   * @throws StreamError for a message that is compressed or too large, and if the limit of incomplete messages is reached
   */
  read(chunk: Buffer, message: (bytes: Buffer) => void): void {
    if (this.#bytes + chunk.length < this.#needed) {
      this.#keep(chunk);
      return;
    }
    let rest = this.#bytes === 0 ? chunk : this.#intake.join([...this.#pieces, chunk], this.#bytes + chunk.length);
    const joined = this.#bytes > 0;
    this.release();
    this.#needed = PREFIX;
    while (rest.length >= PREFIX) {
      const size = PREFIX + this.#messageSize(rest);
      if (rest.length < size) {
        this.#needed = size;
        break;
      }
      message(rest.subarray(PREFIX, size));
      rest = rest.subarray(size);
    }
    if (rest.length > 0) this.#keep(joined ? Buffer.from(rest) : rest);
  }

  /** Whether a message is incomplete. */
  get incomplete(): boolean {
    return this.#bytes > 0;
  }

  /** Discards an incomplete message. */
  release(): void {
    if (this.#bytes > 0) this.#intake.end(this.#request);
    this.#intake.give(this.#bytes);
    this.#pieces.length = 0;
    this.#gathered = undefined;
    this.#bytes = 0;
  }

  #messageSize(bytes: Buffer): number {
    if (bytes[0] !== 0) throw new StreamError(STATUS.unimplemented, COMPRESSED);
    const size = bytes.readUInt32BE(1);
    if (size <= this.#maxBytes) return size;
    throw tooLarge(size, this.#maxBytes);
  }

  #keep(piece: Buffer): void {
    if (!this.#intake.take(piece.length)) {
      throw new StreamError(STATUS.resourceExhausted, TOO_MUCH, 'incomplete-requests');
    }
    if (this.#bytes === 0) this.#intake.begin(this.#request);
    this.#bytes += piece.length;
    if (piece.length <= SMALL) {
      this.#gather(piece);
      return;
    }
    this.#gathered = undefined;
    this.#pieces.push(piece);
  }

  #gather(piece: Buffer): void {
    const last = this.#pieces.length - 1;
    const used = this.#gathered === undefined ? 0 : (this.#pieces[last]?.length ?? 0);
    if (this.#gathered !== undefined && used + piece.length <= GATHERED) {
      piece.copy(this.#gathered, used);
      this.#pieces[last] = this.#gathered.subarray(0, used + piece.length);
      return;
    }
    this.#gathered = Buffer.allocUnsafeSlow(GATHERED);
    piece.copy(this.#gathered);
    this.#pieces.push(this.#gathered.subarray(0, piece.length));
  }
}
