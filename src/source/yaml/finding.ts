/** Findings about files, as data with a position. It must not know kinds of resources. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Severity } from '../../api/diagnostic.js';
import { type FieldPath, type Position, type ResourceRef, compareText } from '../../api/resource.js';

/** A position in a text. Lines and columns start at 1; columns count UTF-16 code units, as in editors. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A finding about a text. Its position is relative to that text. */
export interface TextFinding extends TextPosition {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
  /** The resource that the finding is about, as far as it is known. */
  readonly ref?: ResourceRef;
  /** The field of that resource. */
  readonly path?: FieldPath;
}

/** A finding with its position in a file. A finding about a whole file or directory has line 1, column 1. */
export interface FileFinding extends TextFinding, Position {}

/** The position of an offset in a text. Offsets beyond the end are the end. */
export function textPositionAt(text: string, offset: number): TextPosition {
  return textPositionsIn(text)(offset);
}

/** The positions of many offsets in a text. Lines are counted once, on the first call. */
export function textPositionsIn(text: string): (offset: number) => TextPosition {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const at = Math.min(offset, text.length);
    const line = lastNotAfter(starts, at);
    return { line: line + 1, column: at - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) starts.push(feed + 1);
  return starts;
}

function lastNotAfter(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** Orders findings by file, line, column, then code. */
export function byPosition(a: FileFinding, b: FileFinding): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code);
}
