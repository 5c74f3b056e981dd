/**
 * Typed keys. At run time a key is text, because a `Map` looks up text fastest. The compiler distinguishes the keys of different tables. The
 * declaration of a table includes the type of its keys, and a codec if a key has parts.
 */

declare const NAME: unique symbol;

/** The key of one kind of row. Plain text, and keys of other names, are not assignable to it. */
export type Key<Name extends string> = string & { readonly [NAME]: Name };

/** Plain text as a key, such as a name. */
export type PlainKey = string & { readonly [NAME]?: never };

/** The key of a table that has one row. */
export const SINGLE = '';
export type Single = typeof SINGLE;

/** Formats keys from parts, and parses them. `parse` is the inverse of `format`. */
export interface KeyCodec<K extends string, Parts extends readonly (string | undefined)[]> {
  readonly format: (...parts: Parts) => K;
  readonly parse: (key: K) => Required<Parts>;
}

const PART_SEPARATOR = '\u001f';

/**
 * Keys of several texts. No part may contain the unit separator (U+001F); names, labels and addresses never do. Parts at the end may be left
 * out. They are empty after parsing.
 */
export function partsCodec<K extends string, Parts extends readonly (string | undefined)[]>(
  length: number,
): KeyCodec<K, Parts> {
  return {
    // `join` gives a flat string. It is faster to look up and smaller than a chain of concatenations.
    format: (...parts) => parts.join(PART_SEPARATOR) as K,
    parse: (key) => {
      const parts: string[] = key.split(PART_SEPARATOR);
      while (parts.length < length) parts.push('');
      return parts as readonly string[] as Required<Parts>;
    },
  };
}

const PAIR_SEPARATOR = '\u001e';

/** Keys of two keys. The first must not be made by a `pairCodec`, nor contain the record separator (U+001E). */
export function pairCodec<K extends string, First extends string, Second extends string>(): KeyCodec<
  K,
  readonly [First, Second]
> {
  return {
    format: (first, second) => `${first}${PAIR_SEPARATOR}${second}` as K,
    parse: (key) => {
      const at = key.indexOf(PAIR_SEPARATOR);
      return [key.slice(0, at) as First, key.slice(at + 1) as Second];
    },
  };
}
