/** Words of clients, which may have any length and content: bounded, and safe to print. */
import { hash } from 'node:crypto';

/** The maximum length of a client's error message, in bytes. Envoy's own limit is the same. */
export const MAX_WORDS_BYTES = 4096;
/** Bytes of what a client says it is: `node.id`, its cluster, its locality and the like. */
export const MAX_ID_BYTES = 256;
/** 22 base64 digits: 128 bits of SHA-256. */
const HASH_LENGTH = 22;
/** The end of words that were cut, as Envoy writes it. */
export const CUT_MARK = '...(truncated)';

/** Control characters other than the line feed, and characters that change the direction of text. */
// eslint-disable-next-line no-control-regex -- these are the ones to replace
const UNPRINTABLE = /[\0-\t\v-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Decodes a client's error message, to a text of at most 4 KiB; see `printable`. */
export function decodeWords(bytes: Buffer, start: number, end: number): string {
  // Bytes after the limit are not decoded. One more byte shows whether there are any.
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
 * Replaces characters that must not be printed by U+FFFD. A text of more than `maxBytes` in UTF-8 is cut off between two characters, and ends
 * with `CUT_MARK`, which is included in `maxBytes`.
 */
export function printable(text: string, maxBytes: number): string {
  // Every character has at least one byte.
  const replaced = text.slice(0, maxBytes + 1).replace(UNPRINTABLE, '\ufffd');
  const bytes = Buffer.from(replaced);
  if (bytes.length <= maxBytes) return replaced;
  let end = maxBytes - CUT_MARK.length;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + CUT_MARK;
}
