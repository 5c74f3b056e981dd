/** Texts from clients, of any length and content. Limits their length and makes them safe to print. */

/** The maximum length of a client's error message, in bytes. Envoy's own limit is the same. */
export const MAX_WORDS_BYTES = 4096;
/** The maximum length of a `node.id` in the log, in bytes. */
export const MAX_ID_BYTES = 256;
/** The end of a text that was cut off, as in Envoy. */
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
