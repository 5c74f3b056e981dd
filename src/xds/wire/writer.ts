/** Writes protobuf fields into a buffer of known size: sizes first, then bytes. Knows the wire format, but no messages. */

export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Writes `value` at `position` and returns the position after it. */
export function writeVarint(target: Buffer, position: number, value: number): number {
  let at = position;
  let rest = value;
  while (rest >= 0x80) {
    target[at] = (rest % 0x80) | 0x80;
    at += 1;
    rest = Math.floor(rest / 0x80);
  }
  target[at] = rest;
  return at + 1;
}

/** The size of a length-delimited field with a one-byte tag (field numbers 1 to 15). */
export function fieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** The size of a string field with a one-byte tag. 0 for an empty string, which proto3 leaves out. */
export function stringFieldSize(text: string): number {
  return text === '' ? 0 : fieldSize(Buffer.byteLength(text));
}

/** Writes the tag and length of a length-delimited field. Returns the offset of its content. */
export function writeHead(target: Buffer, position: number, field: number, length: number): number {
  target[position] = (field << 3) | 2;
  return writeVarint(target, position + 1, length);
}

export function writeString(target: Buffer, position: number, field: number, text: string): number {
  if (text === '') return position;
  const start = writeHead(target, position, field, Buffer.byteLength(text));
  return start + target.write(text, start);
}
