/** Lists that are kept in large numbers. */

const NONE: readonly never[] = Object.freeze([]);

/**
 * The same items, without the room that V8 gives a list to grow: 17 places for the first item that `push` or `flatMap` adds. All empty lists
 * are one.
 */
export function exactList<Item>(list: readonly Item[]): readonly Item[] {
  return list.length === 0 ? NONE : [...list];
}
