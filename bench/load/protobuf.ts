/** The part of protobuf's wire format that the load client needs: writing fields, and finding a field by its number without decoding. */

/** Encodes a length-delimited field with a number below 16. */
export function field(number: number, content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varintBytes(bytes.length), bytes]);
}

export function varintBytes(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Iterates over the fields of a message in a buffer. Reused for many messages, so that nothing is allocated. */
export class Cursor {
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  end = 0;
  /** For the current field: the offset of its content, or its number if it is a varint. */
  start = 0;
  stop = 0;
  value = 0;

  enter(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Enters the content of the current field. */
  descend(): void {
    this.position = this.start;
    this.end = this.stop;
  }

  /** Moves to the next field. Returns its number, or 0 at the end. */
  next(): number {
    if (this.position >= this.end) return 0;
    const tag = this.#varint();
    this.value = (tag & 7) === 0 || (tag & 7) === 2 ? this.#varint() : 0;
    this.start = this.position;
    this.stop = this.position + lengthOf(tag & 7, this.value);
    this.position = this.stop;
    return tag >>> 3;
  }

  /** Moves to the next field with this number. Returns false if there is none. */
  find(number: number): boolean {
    for (let found = this.next(); found !== 0; found = this.next()) if (found === number) return true;
    return false;
  }

  #varint(): number {
    let value = this.bytes[this.position++] ?? 0;
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let scale = 0x80; this.position < this.end; scale *= 0x80) {
      const byte = this.bytes[this.position++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  }
}

function lengthOf(wireType: number, value: number): number {
  if (wireType === 2) return value;
  if (wireType === 1) return 8;
  return wireType === 5 ? 4 : 0;
}
