/**
 * Splits a text into its YAML documents without parsing it. A line that starts with `---` or `...` separates documents, even
 * within a scalar (https://yaml.org/spec/1.2.2/#914-explicit-documents). So the split is exact, an error in one document does not
 * affect the next, and an unchanged document need not be parsed again.
 */

/** The text of one document, which starts at the beginning of a line. */
export interface DocumentText {
  /** The number of its first line in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** Whether the text is one item of a list, written as a YAML list of one. */
  readonly item?: true;
}

/** Where a document begins, and whether there was only what may precede its `---`. */
interface DocumentBegin {
  readonly line: number;
  readonly offset: number;
  readonly blank: boolean;
}

const DOCUMENT_START = '---';
const DOCUMENT_END = '...';

/** The documents of a text, in order. Comments and directives alone are not a document. */
export function* splitDocuments(text: string): Generator<DocumentText> {
  let current: DocumentBegin = { line: 1, offset: 0, blank: true };
  for (let line = 1, offset = 0; offset < text.length; line++) {
    const next = nextLine(text, offset);
    if (isMarker(text, offset, DOCUMENT_END)) {
      yield* documentUpTo(text, current, next);
      current = { line: line + 1, offset: next, blank: true };
    } else if (isMarker(text, offset, DOCUMENT_START)) {
      yield* documentUpTo(text, current, offset);
      current = current.blank ? { ...current, blank: false } : { line, offset, blank: false };
    } else if (current.blank && !isPrelude(text, offset, next)) {
      current = { ...current, blank: false };
    }
    offset = next;
  }
  yield* documentUpTo(text, current, text.length);
}

function documentUpTo(text: string, { line, offset, blank }: DocumentBegin, end: number): readonly DocumentText[] {
  return blank ? [] : [{ line, text: text.slice(offset, end) }];
}

/** Whether a document's text has only its marker and blank lines: YAML's empty document. */
export function isEmptyDocument(text: string): boolean {
  return /^(?:---)?\s*$/u.test(text);
}

/** The offset of the line after the one at an offset. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  return feed < 0 ? text.length : feed + 1;
}

function isMarker(text: string, offset: number, marker: string): boolean {
  if (!text.startsWith(marker, offset)) return false;
  const after = text[offset + marker.length];
  return after === undefined || after === ' ' || after === '\t' || after === '\r' || after === '\n';
}

/** Whether a line may precede a document's `---`: blank, a comment or a directive. */
function isPrelude(text: string, from: number, to: number): boolean {
  const line = text.slice(from, to).trimStart();
  return line === '' || line.startsWith('#') || text[from] === '%';
}
