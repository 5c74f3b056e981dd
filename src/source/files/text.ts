/** Decodes the bytes of a file as text. It must not know what the text means. */
import { isUtf8 } from 'node:buffer';
import { type TextPosition, type TextFinding, textPositionAt } from '../yaml/finding.js';

export type DecodedText = { readonly text: string } | { readonly finding: TextFinding };

const LINE_FEED = 10;
const BYTE_ORDER_MARK = '\uFEFF';
const REPLACEMENT_CHARACTER = '\uFFFD';

/** Decodes UTF-8 and removes the byte order mark. Other encodings and NUL characters are findings. */
export function decodeText(bytes: Buffer): DecodedText {
  if (isUtf16(bytes)) return notText('The file is UTF-16. Save it as UTF-8.', { line: 1, column: 1 });
  if (!isUtf8(bytes))
    return notText(
      'The file is not UTF-8 text. Save it as UTF-8, or remove it if it contains no resources.',
      firstInvalid(bytes),
    );
  const text = bytes.toString('utf8');
  const nul = text.indexOf('\0');
  if (nul >= 0) return notText('The file is not text: it contains NUL characters.', textPositionAt(text, nul));
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** A line feed is never part of a longer UTF-8 sequence, so each line can be checked separately. */
function firstInvalid(bytes: Buffer): TextPosition {
  for (let line = 1, start = 0; ; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part)) return { line, column: part.toString('utf8').indexOf(REPLACEMENT_CHARACTER) + 1 };
    start = end + 1;
  }
}

function notText(message: string, place: TextPosition): DecodedText {
  return { finding: { ...place, severity: 'error', code: 'InvalidEncoding', message } };
}
