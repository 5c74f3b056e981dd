/**
 * Cuts a text into its YAML documents without parsing it. A line that begins with `---` or `...` marks documents wherever it
 * stands, in scalars too (https://yaml.org/spec/1.2.2/#914-explicit-documents), so the cut is exact, an error in one document
 * cannot reach the next, and a document whose text is the same as before need not be parsed again.
 */

/** A part of a text that begins at the beginning of a line. */
export interface Slice {
  /** The number of its first line, from 1. */
  readonly line: number;
  readonly text: string;
  /** Whether the text is not a document but an item of one: a YAML list of one. */
  readonly item?: true;
}

const DOCUMENT_START = '---';
const DOCUMENT_END = '...';

/** The documents of a text in their order; what holds only comments and directives is none. */
export function sliceDocuments(text: string): readonly Slice[] {
  const slices: Slice[] = [];
  let current = { line: 1, offset: 0, blank: true };
  const cut = (line: number, offset: number): void => {
    if (!current.blank) slices.push({ line: current.line, text: text.slice(current.offset, offset) });
    current = { line, offset, blank: true };
  };
  for (let line = 1, offset = 0; offset < text.length; line++) {
    const next = nextLine(text, offset);
    if (isMarker(text, offset, DOCUMENT_END)) {
      cut(line + 1, next);
    } else if (isMarker(text, offset, DOCUMENT_START)) {
      if (!current.blank) cut(line, offset);
      current.blank = false;
    } else if (current.blank) {
      current.blank = isPrelude(text, offset, next);
    }
    offset = next;
  }
  cut(0, text.length);
  return slices;
}

/** Whether a document's text has nothing but its marker, comments and blank lines: YAML's empty document. */
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

/** Whether a line can stand before a document's `---`: blank, a comment or a directive. */
function isPrelude(text: string, from: number, to: number): boolean {
  const line = text.slice(from, to).trimStart();
  return line === '' || line.startsWith('#') || text[from] === '%';
}
