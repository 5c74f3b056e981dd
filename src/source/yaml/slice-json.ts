/**
 * Cuts a text of several JSON values, one after the other, into these: `kubectl` reads and tools write such streams. A value is
 * cut off only where it begins on a line of its own.
 */
import { skipBlanks, skipValue } from './json.js';
import type { Slice } from './slice.js';

/** Between two objects of a list there is a comma. */
const SECOND_OBJECT = /\}[^\S\n]*\n\s*\{/u;

/** The values of a stream; what is none is left whole, from where it is none. */
export function sliceJson(document: Slice): readonly Slice[] {
  const { text } = document;
  if (text[skipBlanks(text, 0)] !== '{' || !SECOND_OBJECT.test(text)) return [document];
  const slices: Slice[] = [];
  for (let [line, offset] = [document.line, 0]; offset < text.length;) {
    const end = endOfValue(text, offset);
    const part = text.slice(offset, end);
    if (part.trim() !== '') slices.push({ line, text: part });
    line += part.split('\n').length - 1;
    offset = end;
  }
  return slices;
}

/** The end of the line on which a JSON value ends; the end of the text where there is no value or the line has more. */
function endOfValue(text: string, offset: number): number {
  const start = skipBlanks(text, offset);
  const end = skipValue(text, start);
  const feed = text.indexOf('\n', end);
  if (feed < 0 || text.slice(end, feed).trim() !== '' || !isJson(text.slice(start, end))) return text.length;
  return feed + 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
