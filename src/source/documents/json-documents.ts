/**
 * Splits a stream of JSON values, as tools write and `kubectl` reads it, into the values. Each value must start on a new line.
 */
import { skipBlanks, skipValue } from '../yaml/json.js';
import type { DocumentText } from './document-texts.js';

/** An object directly after another one; the objects of an array have a comma between them. */
const SECOND_OBJECT = /\}[^\S\n]*\n\s*\{/u;

/** The values of a stream. From the first text that is not JSON on, the rest is one document. */
export function* splitJsonDocuments(document: DocumentText): Generator<DocumentText> {
  const { text } = document;
  if (text[skipBlanks(text, 0)] !== '{' || !SECOND_OBJECT.test(text)) {
    yield document;
    return;
  }
  for (let [line, offset] = [document.line, 0]; offset < text.length;) {
    const end = endOfValue(text, offset);
    const part = text.slice(offset, end);
    if (part.trim() !== '') yield { line, text: part };
    line += part.split('\n').length - 1;
    offset = end;
  }
}

/** The end of the line on which a JSON value ends; the end of the text if there is no value or the line continues. */
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
