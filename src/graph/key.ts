/**
 * Typed keys. At run time a key is text, the cheapest thing that a `Map` can look up; the compiler tells the keys of different
 * tables apart. Whoever declares a table declares the type of its keys, and a codec if a key has parts.
 */

declare const NAME: unique symbol;

/** Text that is the key of one kind of row. A key of another name, or plain text, is no such key. */
export type Key<Name extends string> = string & { readonly [NAME]: Name };

/** Plain text as a key, such as a name. A `Key` is not plain. */
export type PlainKey = string & { readonly [NAME]?: never };

/** The key of a table that has one row. */
export const SINGLE = '';
export type Single = typeof SINGLE;

/** Makes keys of parts, and takes keys apart. `parse` is the inverse of `format`, and costs nothing until it is called. */
export interface KeyCodec<K extends string, Parts extends readonly (string | undefined)[]> {
  readonly format: (...parts: Parts) => K;
  readonly parse: (key: K) => Required<Parts>;
}

const PART_SEPARATOR = '\u001f';

/**
 * Keys of several plain texts. No part may contain the unit separator (U+001F), which no name, label or address does. Parts at the
 * end may be left out, and are empty when they are parsed.
 */
export function partsCodec<K extends string, Parts extends readonly (string | undefined)[]>(
  length: number,
): KeyCodec<K, Parts> {
  return {
    // Joining gives a text in one piece, which is looked up faster and takes less memory than a chain of its parts.
    format: (...parts) => parts.join(PART_SEPARATOR) as K,
    parse: (key) => {
      const parts: string[] = key.split(PART_SEPARATOR);
      while (parts.length < length) parts.push('');
      return parts as readonly string[] as Required<Parts>;
    },
  };
}

const PAIR_SEPARATOR = '\u001e';

/** Keys of two keys. The first must not be one of a `pairCodec` itself, nor contain the record separator (U+001E). */
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
