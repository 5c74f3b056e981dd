/**
 * Cuts the bytes of a call into the messages of gRPC: a flag, a length of four bytes, the message.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { IncompleteRequest, Intake } from './intake.js';
import { COMPRESSED, STATUS, StreamError, TOO_MUCH, tooLarge } from './message-stream.js';

const PREFIX = 5;
/** Up to this size a piece is copied to others of its kind: a client may send a byte at a time, and an object for each costs a hundred. */
const SMALL = 256;
const GATHERED = 1 << 10;

export class FrameReader {
  readonly #maxBytes: number;
  readonly #intake: Intake;
  readonly #request: IncompleteRequest;
  /**
   * Emptied and never replaced. Lists that live until the next message are put among the old objects by V8, and there one that nobody
   * needs any more keeps its pieces alive until the whole heap is collected: with large acknowledgements, for every 64 MB of them.
   */
  readonly #pieces: Buffer[] = [];
  /** Room for small pieces, of which the last piece is the part that is used; undefined if that is another one. */
  #gathered: Buffer | undefined;
  #bytes = 0;
  /** How many bytes the next message needs, with its prefix, as far as that is known. */
  #needed = PREFIX;

  /** `maxBytes`: size that a message may have. */
  constructor(maxBytes: number, intake: Intake, request: IncompleteRequest) {
    this.#maxBytes = maxBytes;
    this.#intake = intake;
    this.#request = request;
  }

  /**
   * Takes bytes in and hands out the messages that are complete; they are valid during the call of `message` only. Throws
   * StreamError.
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

  /** Whether a part of a message has come, and not all of it. */
  get incomplete(): boolean {
    return this.#bytes > 0;
  }

  /** Lets go of an incomplete message. */
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
