/** Words of clients, which may have any length and content: bounded, and safe to print. */
import { hash } from 'node:crypto';

/** Bytes of a client's words that are kept. Envoy cuts its own at the same length. */
export const MAX_WORDS_BYTES = 4096;
/** Bytes of what a client says it is: `node.id`, its cluster, its locality and the like. */
export const MAX_ID_BYTES = 256;
/** 22 base64 digits: 128 bits of SHA-256. */
const HASH_LENGTH = 22;
/** The end of words that were cut, as Envoy writes it. */
export const CUT_MARK = '...(truncated)';

/** Control characters but the line feed, and those that change the direction of writing. */
// eslint-disable-next-line no-control-regex -- these are the ones to replace
const UNPRINTABLE = /[\0-\t\v-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** A client's words in these bytes as text of at most 4 KiB; see `printable`. */
export function decodeWords(bytes: Buffer, start: number, end: number): string {
  // What follows the limit is not looked at; one byte more shows that there is something.
  const text = bytes.toString('utf8', start, Math.min(end, start + MAX_WORDS_BYTES + 1));
  return printable(text, MAX_WORDS_BYTES);
}

/**
 * What a client calls itself, in these bytes: at most 256 bytes without control characters. A longer text is cut, and a text that changes by
 * that ends with a hash of the whole, so that different clients stay different.
 */
export function decodeId(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + MAX_ID_BYTES + 1));
  return end - start <= MAX_ID_BYTES && isPlain(text) ? text : hashed(text, bytes.subarray(start, end));
}

/** The same for a text. */
export function shortId(text: string): string {
  return text.length <= MAX_ID_BYTES && Buffer.byteLength(text) <= MAX_ID_BYTES && isPlain(text)
    ? text
    : hashed(text, Buffer.from(text));
}

function isPlain(text: string): boolean {
  return !text.includes('\n') && text.search(UNPRINTABLE) < 0;
}

function hashed(text: string, all: Buffer): string {
  const suffix = ` #${hash('sha256', all, 'base64url').slice(0, HASH_LENGTH)}`;
  const line = text.slice(0, MAX_ID_BYTES + 1).replaceAll('\n', '\ufffd');
  return printable(line, MAX_ID_BYTES - suffix.length) + suffix;
}

/**
 * The text with U+FFFD for what must not be printed. More than `maxBytes` of UTF-8 are cut between two characters, and end with
 * `CUT_MARK`, which counts.
 */
export function printable(text: string, maxBytes: number): string {
  // No character takes less than a byte.
  const replaced = text.slice(0, maxBytes + 1).replace(UNPRINTABLE, '\ufffd');
  const bytes = Buffer.from(replaced);
  if (bytes.length <= maxBytes) return replaced;
  let end = maxBytes - CUT_MARK.length;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + CUT_MARK;
}
