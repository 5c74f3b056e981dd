/**
 * Reads the protobuf wire format field by field, without copying. Independent of message types. Malformed bytes cause a `WireError`, never
 * a read past the end.
 */

/** The bytes are not the expected protobuf message, or exceed a limit. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/** A 64-bit value takes at most ten groups of 7 bits. */
const MAX_VARINT_BYTES = 10;

export class WireReader {
  readonly bytes: Buffer;
  readonly end: number;
  position: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  /** Reads a varint. Exact up to 2^53. */
  varint(): number {
    const first = this.position < this.end ? (this.bytes[this.position] ?? 0) : -1;
    if (first >= 0 && first < 0x80) {
      this.position += 1;
      return first;
    }
    return this.#longVarint();
  }

  #longVarint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
      if (this.position >= this.end) throw new WireError('varint is cut off');
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new WireError('varint has more than ten bytes');
  }

  /** Reads a tag. Its field number is `tag >>> 3`, its wire type `tag & 7`. */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag > 0xffffffff) throw new WireError(`tag ${String(tag)} is not valid`);
    return tag;
  }

  /** Reads a length and skips that many bytes. Returns their start. Their end is `position`. */
  span(tag: number): number {
    if ((tag & 7) !== LENGTH_DELIMITED)
      throw new WireError(`field ${String(tag >>> 3)} has wire type ${String(tag & 7)}`);
    const length = this.varint();
    const start = this.position;
    if (length > this.end - start) throw new WireError(`field ${String(tag >>> 3)} is cut off`);
    this.position = start + length;
    return start;
  }

  string(tag: number): string {
    const start = this.span(tag);
    return this.bytes.toString('utf8', start, this.position);
  }

  /** Returns a reader for the message in this field. */
  message(tag: number): WireReader {
    const start = this.span(tag);
    return new WireReader(this.bytes, start, this.position);
  }

  double(tag: number): number {
    if ((tag & 7) !== FIXED64) throw new WireError(`field ${String(tag >>> 3)} has wire type ${String(tag & 7)}`);
    const start = this.position;
    this.#advance(8);
    return this.bytes.readDoubleLE(start);
  }

  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === VARINT) this.varint();
    else if (wireType === FIXED64) this.#advance(8);
    else if (wireType === FIXED32) this.#advance(4);
    else this.span(tag);
  }

  #advance(length: number): void {
    if (length > this.end - this.position) throw new WireError('field is cut off');
    this.position += length;
  }
}

/** The values of a field with bytes, strings or messages, in order. They are views of `bytes`. */
export function fieldsOf(bytes: Buffer, field: number): readonly Buffer[] {
  const parts: Buffer[] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 !== field || (tag & 7) !== LENGTH_DELIMITED) reader.skip(tag);
    else parts.push(reader.bytes.subarray(reader.span(tag), reader.position));
  }
  return parts;
}
