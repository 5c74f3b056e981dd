/**
 * Finds positions in texts by parsing them again when somebody asks, which is seldom: syntax trees take a hundred times the
 * memory of their text.
 */
import type { FieldPath, Position } from '../api/resource.js';
import type { Place } from './yaml/finding.js';
import { parseText } from './yaml/parse.js';
import type { Slice } from './yaml/slice.js';

/** Where a resource stands: its file, the text of its document, and the way from the document's root to it. */
export interface Standing {
  readonly file: string;
  readonly slice: Slice;
  readonly within: FieldPath;
}

export type Locator = (standing: Standing, path: FieldPath) => Position;

type PlaceOf = (path: FieldPath) => Place;

/** A locator that remembers the text it parsed last, as long as the memory is not needed for something else. */
export function createLocator(): Locator {
  let last: { readonly text: string; readonly placeOf: WeakRef<PlaceOf> } | undefined;
  return ({ file, slice, within }, path) => {
    let placeOf = last?.text === slice.text ? last.placeOf.deref() : undefined;
    if (placeOf === undefined) {
      ({ placeOf } = parseText(slice.text));
      last = { text: slice.text, placeOf: new WeakRef(placeOf) };
    }
    const { line, column } = placeOf([...within, ...path]);
    return { file, line: slice.line + line - 1, column };
  };
}
