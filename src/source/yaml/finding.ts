/** What is wrong with a file, as data with a position. Knows no kind of resource. */
import type { DiagnosticCode } from '../../api/codes.js';
import type { Severity } from '../../api/diagnostic.js';
import { type FieldPath, type Position, type ResourceRef, compareText } from '../../api/resource.js';

/** A place in a text: lines and columns count from 1, columns in UTF-16 code units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a text; its place counts from the beginning of that text. */
export interface Problem extends Place {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
  /** The resource at fault, as far as it is known. */
  readonly ref?: ResourceRef;
  /** The field of that resource at fault. */
  readonly path?: FieldPath;
}

/** A problem with the position in its file. A file or directory as a whole has line 1, column 1. */
export interface FileFinding extends Problem, Position {}

/** The place of an offset in a text. Offsets beyond its end give the end. */
export function placeAt(text: string, offset: number): Place {
  return placesIn(text)(offset);
}

/** The places of many offsets in a text: the lines are counted once, when the first is asked for. */
export function placesIn(text: string): (offset: number) => Place {
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
