/**
 * Strict JSON by the engine's own parser, some fifty times faster than YAML's. What is not strict JSON, or would need a finding,
 * is left to the YAML parser, which reads JSON too and knows positions.
 */
import type { FieldPath } from '../../api/resource.js';
import { MAX_DEPTH } from './limits.js';

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** The frozen value of a JSON text; `undefined` where the text is not JSON, has a key twice, or goes beyond a limit. */
export function parseJson(text: string): unknown {
  if (!/^\s*[{[]/u.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // The parser drops all but the last of equal keys in silence; each key in the text has one colon outside of strings.
  const keys = freeze(value, 0);
  return keys === countColons(text) ? value : undefined;
}

/** The offsets of fields in a text that {@link parseJson} takes, each that of its nearest ancestor that is there. */
export function jsonOffsets(text: string): (path: FieldPath) => number {
  const places = jsonPlaces(text);
  return (path) => places(path).found;
}

/** The text of the number, boolean or null that a field has in a text that {@link parseJson} takes, as it is written. */
export function jsonScalars(text: string): (path: FieldPath) => string | undefined {
  const places = jsonPlaces(text);
  return (path) => {
    const { exact, value } = places(path);
    return exact && !/["{[]/u.test(text[value] ?? '') ? text.slice(value, skipValue(text, value)).trimEnd() : undefined;
  };
}

/** Asking for the items of an array in their order takes one pass over it. */
function jsonPlaces(text: string): (path: FieldPath) => JsonPlace & { readonly exact: boolean } {
  const root = skipBlanks(text, 0);
  let last: ItemSearch | undefined;
  return (path) => {
    let place: JsonPlace = { found: root, value: root };
    for (const step of path) {
      let next: JsonPlace | undefined;
      if (typeof step === 'string') {
        next = findKey(text, place.value, step);
      } else {
        const search = findItem(text, place.value, step, last);
        if (search !== undefined) next = { found: search.at, value: search.at };
        last = search ?? last;
      }
      if (next === undefined) return { ...place, exact: false };
      place = next;
    }
    return { ...place, exact: true };
  };
}

/** Freezes a value with all that is in it. Gives the number of keys, or -1 for what must not pass. */
function freeze(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH || Object.hasOwn(value, '__proto__')) return -1;
  const entries = Object.values(value);
  let keys = Array.isArray(value) ? 0 : entries.length;
  for (const entry of entries) {
    const inside = freeze(entry, depth + 1);
    if (inside < 0) return -1;
    keys += inside;
  }
  Object.freeze(value);
  return keys;
}

function countColons(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === COLON) colons++;
  }
  return colons;
}

/** The offset behind the string that begins at an offset. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

interface JsonPlace {
  /** Where a reader would look for it: an entry's key, an item's value. */
  readonly found: number;
  readonly value: number;
}

/** How far the search for an item of an array has come. */
interface ItemSearch {
  readonly array: number;
  readonly index: number;
  readonly at: number;
}

function findKey(text: string, object: number, key: string): JsonPlace | undefined {
  if (text[object] !== '{') return undefined;
  for (let at = skipBlanks(text, object + 1); text[at] === '"';) {
    const end = stringEnd(text, at);
    const value = skipBlanks(text, skipBlanks(text, end) + 1);
    if (JSON.parse(text.slice(at, end)) === key) return { found: at, value };
    at = skipComma(text, skipValue(text, value));
  }
  return undefined;
}

function findItem(text: string, array: number, index: number, last?: ItemSearch): ItemSearch | undefined {
  if (text[array] !== '[') return undefined;
  let search: ItemSearch = { array, index: 0, at: skipBlanks(text, array + 1) };
  if (last?.array === array && last.index <= index) search = last;
  while (search.index < index && text[search.at] !== ']') {
    search = { array, index: search.index + 1, at: skipComma(text, skipValue(text, search.at)) };
  }
  return text[search.at] === ']' ? undefined : search;
}

function skipComma(text: string, from: number): number {
  const at = skipBlanks(text, from);
  return text[at] === ',' ? skipBlanks(text, at + 1) : at;
}

/** The offset of what is not blank, from an offset on. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

/** The offset behind the value that begins at an offset. */
export function skipValue(text: string, start: number): number {
  for (let at = start, depth = 0; at < text.length;) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at);
    else if ((character === ',' || character === ']' || character === '}') && depth === 0) return at;
    else at++;
    if (character === '{' || character === '[') depth++;
    if (character === ']' || character === '}') depth--;
    if (depth === 0 && (character === '"' || character === ']' || character === '}')) return at;
  }
  return text.length;
}
