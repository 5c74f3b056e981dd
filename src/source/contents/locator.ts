/**
 * Finds the position of a field and how its value is written. The text is parsed again on each request: requests are rare, and
 * a syntax tree takes a hundred times the memory of its text.
 */
import type { FieldPath, Position } from '../../api/resource.js';
import { LARGEST_SYNTAX_LIMITS } from '../yaml/limits.js';
import { type ParsedText, parseText } from '../yaml/parse.js';
import { NO_POOL } from '../yaml/value-pool.js';
import type { DocumentText } from '../documents/document-texts.js';

/** Where a resource is: its file, the text of its document, and the path from the document's root to the resource. */
export interface Location {
  readonly file: string;
  readonly documentText: DocumentText;
  readonly within: FieldPath;
}

export interface FieldLocator {
  /** The position of a field; if it does not exist, that of its nearest existing ancestor. */
  readonly position: (standing: Location, path: FieldPath) => Position;
  /** The source text of a number, boolean or null; `undefined` for other values. */
  readonly written: (standing: Location, path: FieldPath) => string | undefined;
}

/** Caches the text that was parsed last until the memory is needed. */
export function createFieldLocator(): FieldLocator {
  let last: { readonly text: string; readonly parsed: WeakRef<ParsedText> } | undefined;
  const parse = (text: string): ParsedText => {
    const known = last?.text === text ? last.parsed.deref() : undefined;
    if (known !== undefined) return known;
    const parsed = parseText(text, NO_POOL, LARGEST_SYNTAX_LIMITS);
    last = { text, parsed: new WeakRef(parsed) };
    return parsed;
  };
  return {
    position: ({ file, documentText, within }, path) => {
      const { line, column } = parse(documentText.text).positionOf([...within, ...path]);
      return { file, line: documentText.line + line - 1, column };
    },
    written: ({ documentText, within }, path) => parse(documentText.text).written([...within, ...path]),
  };
}
