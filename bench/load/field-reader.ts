/**
 * Reads the messages of a gRPC call field by field while they arrive, without storing a whole message: the full states of a thousand clients
 * would be gigabytes. A field in one piece is passed on without a copy. Others are assembled, very long ones only up to a limit. Knows
 * protobuf's wire format, but no messages.
 */

export interface FieldSink {
  /**
   * A length-delimited field: bytes `start` to `end`, valid during the call. Shorter than the field if the field has more than `HEAD` bytes.
   */
  field(number: number, bytes: Buffer, start: number, end: number): void;
  /** The message is complete. `length`: its size in bytes. */
  message(length: number): void;
}

/** The stored bytes of a field that arrives in pieces: more than any cluster or load assignment has here. */
export const HEAD = 16_384;

const PREFIX = 5;
/** Maximum size of a tag and a length. */
const MAX_FIELD_HEADER = 12;
const VARINT = 0;

export class FieldReader {
  readonly #sink: FieldSink;
  #prefixHas = 0;
  #length = 0;
  #left = 0;
  /** The beginning of an incomplete field. */
  #pending: Buffer | undefined;
  #pendingHas = 0;
  /** The number of remaining bytes that are neither passed on nor stored. */
  #skip = 0;

  constructor(sink: FieldSink) {
    this.#sink = sink;
  }

  read(bytes: Buffer, from: number, end: number): void {
    let position = from;
    while (position < end) {
      if (this.#prefixHas < PREFIX) {
        this.#readPrefix(bytes[position] ?? 0);
        position += 1;
        continue;
      }
      const stop = Math.min(end, position + this.#left);
      this.#left -= stop - position;
      this.#readFields(bytes, position, stop);
      position = stop;
      if (this.#left === 0) this.#finish();
    }
  }

  #readPrefix(byte: number): void {
    this.#length = this.#prefixHas === 0 ? 0 : this.#length * 0x100 + byte;
    this.#prefixHas += 1;
    if (this.#prefixHas < PREFIX) return;
    this.#left = this.#length;
    if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    this.#prefixHas = 0;
    this.#pending = undefined;
    this.#skip = 0;
    this.#sink.message(this.#length);
  }

  #readFields(bytes: Buffer, from: number, end: number): void {
    let position = from + Math.min(this.#skip, end - from);
    this.#skip -= position - from;
    if (this.#pending !== undefined) position = this.#complete(bytes, position, end);
    while (position < end) {
      const next = this.#readField(bytes, position, end);
      if (next < 0) break;
      position = next;
    }
    if (position < end) this.#begin(bytes, position, end);
  }

  /** Passes on the field at `position`. Returns the position after it, or -1 if it is incomplete. */
  #readField(bytes: Buffer, position: number, end: number): number {
    const content = contentOf(bytes, position, end);
    if (content === undefined || content.end > end) return -1;
    if (content.number > 0) this.#sink.field(content.number, bytes, content.start, content.end);
    return content.end;
  }

  /** Stores the beginning of a field, or the whole piece if the length of the field is not known. */
  #begin(bytes: Buffer, position: number, end: number): void {
    const content = contentOf(bytes, position, end);
    const size = content === undefined ? MAX_FIELD_HEADER : Math.min(content.end - position, MAX_FIELD_HEADER + HEAD);
    const pending = Buffer.allocUnsafe(size);
    this.#pendingHas = bytes.copy(pending, 0, position, Math.min(end, position + size));
    this.#pending = pending;
    if (content !== undefined && this.#pendingHas === size)
      this.#handOut(pending, content.end - position - (end - position));
  }

  /** Appends to the stored field and passes it on if it is complete. Returns the position after the used bytes. */
  #complete(bytes: Buffer, from: number, end: number): number {
    let position = from;
    while (position < end && this.#pending !== undefined) {
      const before = this.#pending;
      const content = contentOf(before, 0, this.#pendingHas);
      if (content === undefined) {
        before[this.#pendingHas] = bytes[position] ?? 0;
        this.#pendingHas += 1;
        position += 1;
        const known = contentOf(before, 0, this.#pendingHas);
        if (known !== undefined) this.#resize(known.end);
        continue;
      }
      const wanted = before.length - this.#pendingHas;
      const taken = Math.min(wanted, end - position);
      bytes.copy(before, this.#pendingHas, position, position + taken);
      this.#pendingHas += taken;
      position += taken;
      if (taken === wanted) {
        const rest = content.end - before.length;
        const skipped = Math.min(rest, end - position);
        this.#handOut(before, rest - skipped);
        position += skipped;
      }
    }
    return position;
  }

  #resize(size: number): void {
    const pending = Buffer.allocUnsafe(Math.max(this.#pendingHas, Math.min(size, MAX_FIELD_HEADER + HEAD)));
    this.#pending?.copy(pending, 0, 0, this.#pendingHas);
    this.#pending = pending;
    if (this.#pendingHas >= size) this.#handOut(pending, 0);
  }

  #handOut(pending: Buffer, skip: number): void {
    this.#pending = undefined;
    this.#skip = skip;
    const content = contentOf(pending, 0, pending.length);
    if (content !== undefined && content.number > 0)
      this.#sink.field(content.number, pending, content.start, Math.min(content.end, pending.length));
  }
}

interface Content {
  /** 0 for a field that is not length-delimited. */
  readonly number: number;
  readonly start: number;
  /** May be after the last byte that has arrived. */
  readonly end: number;
}

/** `undefined` if the field's header is incomplete. */
function contentOf(bytes: Buffer, position: number, end: number): Content | undefined {
  const tagEnd = varintEnd(bytes, position, end);
  if (tagEnd < 0) return undefined;
  const valueEnd = varintEnd(bytes, tagEnd, end);
  if (valueEnd < 0) return undefined;
  const tag = varint(bytes, position, tagEnd);
  if ((tag & 7) === VARINT) return { number: 0, start: valueEnd, end: valueEnd };
  return { number: tag >>> 3, start: valueEnd, end: valueEnd + varint(bytes, tagEnd, valueEnd) };
}

/** The position after the varint, or -1 if it is cut off. */
function varintEnd(bytes: Buffer, position: number, end: number): number {
  for (let at = position; at < end; at += 1) if ((bytes[at] ?? 0) < 0x80) return at + 1;
  return -1;
}

function varint(bytes: Buffer, position: number, end: number): number {
  let value = 0;
  for (let at = end - 1; at >= position; at -= 1) value = value * 0x80 + ((bytes[at] ?? 0) & 0x7f);
  return value;
}
