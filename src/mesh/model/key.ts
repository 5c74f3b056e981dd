/** Keys of rows that are about several things at once. */

const SEPARATOR = '\u001f';

/** Joins parts to one key. No part may contain the unit separator (U+001F), which no name, label or address does. */
export function joinKey(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/** The parts of a key made by `joinKey`. A missing part is empty. */
export function splitKey(key: string): readonly [string, string, string, string, string] {
  const [a = '', b = '', c = '', d = '', e = ''] = key.split(SEPARATOR);
  return [a, b, c, d, e];
}

const OUTER_SEPARATOR = '\u001e';

/** A key of two parts, the first of which may itself be made by `joinKey`. */
export function pairKey(first: string, second: string): string {
  return `${first}${OUTER_SEPARATOR}${second}`;
}

/** The two parts of a key made by `pairKey`. */
export function splitPair(key: string): readonly [string, string] {
  const at = key.indexOf(OUTER_SEPARATOR);
  return [key.slice(0, at), key.slice(at + 1)];
}
