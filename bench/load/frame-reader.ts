/**
 * Splits the bytes of a socket into HTTP/2 frames. Passes on the payload of DATA frames in pieces without a copy, and the beginning of other
 * payloads as a whole. Does not interpret them.
 */
import { FLAG, FRAME, FRAME_HEADER } from './http2-frames.js';

export interface FrameSink {
  /** A piece of DATA: bytes `start` to `end`, valid during the call. */
  data(bytes: Buffer, start: number, end: number): void;
  /** The size of a DATA frame for flow control, including its padding. */
  received(length: number): void;
  /** Any other frame. `payload` contains only its first bytes. */
  control(header: ControlHeader, payload: Buffer): void;
  /** The peer has ended the call. */
  endStream(): void;
}

export interface ControlHeader {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

/** Longer payloads (header blocks, GOAWAY) are cut off. */
const KEPT = 64;
const NOTHING: Buffer = Buffer.alloc(0);

export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(FRAME_HEADER);
  #headHas = 0;
  #type = 0;
  #flags = 0;
  #left = 0;
  /** The size of the padding at the end of a DATA frame. -1 until the byte with it has arrived. */
  #padding = 0;
  #kept: Buffer | undefined;
  #keptHas = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  read(bytes: Buffer, from: number, end: number): void {
    let position = from;
    while (position < end) {
      if (this.#headHas < FRAME_HEADER) {
        position = this.#readHead(bytes, position, end);
        continue;
      }
      const stop = Math.min(end, position + this.#left);
      this.#left -= stop - position;
      if (this.#type === FRAME.data) this.#readData(bytes, position, stop);
      else this.#keep(bytes, position, stop);
      position = stop;
      if (this.#left === 0) this.#finish();
    }
  }

  #readHead(bytes: Buffer, position: number, end: number): number {
    const stop = Math.min(end, position + FRAME_HEADER - this.#headHas);
    bytes.copy(this.#head, this.#headHas, position, stop);
    this.#headHas += stop - position;
    if (this.#headHas === FRAME_HEADER) this.#begin();
    return stop;
  }

  #begin(): void {
    const head = this.#head;
    this.#left = head.readUIntBE(0, 3);
    this.#type = head[3] ?? 0;
    this.#flags = head[4] ?? 0;
    if (this.#type === FRAME.data) {
      this.#sink.received(this.#left);
      this.#padding = (this.#flags & FLAG.padded) === 0 ? 0 : -1;
    } else {
      this.#kept = Buffer.allocUnsafe(Math.min(KEPT, this.#left));
      this.#keptHas = 0;
    }
    if (this.#left === 0) this.#finish();
  }

  #readData(bytes: Buffer, start: number, end: number): void {
    let from = start;
    if (this.#padding < 0) {
      this.#padding = bytes[from] ?? 0;
      from += 1;
    }
    // `#left` bytes follow this piece. The part of the padding in this piece is cut off.
    const to = end - Math.max(0, this.#padding - this.#left);
    if (to > from) this.#sink.data(bytes, from, to);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#kept !== undefined) this.#keptHas += bytes.copy(this.#kept, this.#keptHas, start, end);
  }

  #finish(): void {
    this.#headHas = 0;
    if (this.#type !== FRAME.data) {
      const streamId = this.#head.readUInt32BE(5);
      this.#sink.control({ type: this.#type, flags: this.#flags, streamId }, this.#kept ?? NOTHING);
    }
    const ends = this.#type === FRAME.data || this.#type === FRAME.headers;
    if (ends && (this.#flags & FLAG.endStream) !== 0) this.#sink.endStream();
    this.#kept = undefined;
  }
}
