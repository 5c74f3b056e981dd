/**
 * Finds fields in texts, where they stand and how they are written, by parsing them again when somebody asks, which is seldom: syntax trees take a hundred times the
 * memory of their text.
 */
import type { FieldPath, Position } from '../api/resource.js';
import { type ParsedText, parseText } from './yaml/parse.js';
import type { Slice } from './yaml/slice.js';

/** Where a resource stands: its file, the text of its document, and the way from the document's root to it. */
export interface Standing {
  readonly file: string;
  readonly slice: Slice;
  readonly within: FieldPath;
}

export interface Locator {
  /** The position of a field, or of its nearest ancestor that is there. */
  readonly position: (standing: Standing, path: FieldPath) => Position;
  /** The number, boolean or null that a field has, as it is written; `undefined` for anything else. */
  readonly written: (standing: Standing, path: FieldPath) => string | undefined;
}

/** A locator that remembers the text it parsed last, as long as the memory is not needed for something else. */
export function createLocator(): Locator {
  let last: { readonly text: string; readonly parsed: WeakRef<ParsedText> } | undefined;
  const parse = (text: string): ParsedText => {
    const known = last?.text === text ? last.parsed.deref() : undefined;
    if (known !== undefined) return known;
    const parsed = parseText(text);
    last = { text, parsed: new WeakRef(parsed) };
    return parsed;
  };
  return {
    position: ({ file, slice, within }, path) => {
      const { line, column } = parse(slice.text).placeOf([...within, ...path]);
      return { file, line: slice.line + line - 1, column };
    },
    written: ({ slice, within }, path) => parse(slice.text).written([...within, ...path]),
  };
}
