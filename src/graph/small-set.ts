/**
 * Sets that cost next to nothing while they hold none or one item. Most cells have one dependent or one listener, and an empty
 * `Set` is larger than a cell.
 */

/** Items are objects or functions, and no sets themselves. */
export type SmallSet<Item extends object> = Item | Set<Item> | undefined;

/** The set with the item added. The set given is changed or replaced: keep the result only. */
export function withItem<Item extends object>(set: SmallSet<Item>, item: Item): SmallSet<Item> {
  if (set === undefined || set === item) return item;
  return set instanceof Set ? set.add(item) : new Set([set, item]);
}

/** The set with the item removed. The set given is changed or replaced: keep the result only. */
export function withoutItem<Item extends object>(set: SmallSet<Item>, item: Item): SmallSet<Item> {
  if (set === item) return undefined;
  if (!(set instanceof Set)) return set;
  set.delete(item);
  return set.size === 0 ? undefined : set;
}

export function hasItem<Item extends object>(set: SmallSet<Item>, item: Item): boolean {
  return set === item || (set instanceof Set && set.has(item));
}

export function itemsOf<Item extends object>(set: SmallSet<Item>): Iterable<Item> {
  if (set === undefined) return [];
  return set instanceof Set ? set : [set];
}
