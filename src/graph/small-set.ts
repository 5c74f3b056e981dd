/**
 * Sets that need little memory for no, one or few items. Most cells have one dependent or one listener, and an empty `Set` is larger than a
 * cell.
 */

/** Items must be objects or functions, but neither sets nor arrays. */
export type SmallSet<Item extends object> = Item | readonly Item[] | Set<Item> | undefined;

/** Up to this number of items, searching a list is as fast as a `Set`. */
const FEW = 8;

/** The set with the item added. May change the given set: use only the result. */
export function withItem<Item extends object>(set: SmallSet<Item>, item: Item): SmallSet<Item> {
  if (set === undefined || set === item) return item;
  if (set instanceof Set) return set.add(item);
  const items = fewOf(set);
  if (items.includes(item)) return set;
  return items.length < FEW ? items.concat([item]) : new Set([...items, item]);
}

/** The set with the item removed. May change the given set: use only the result. */
export function withoutItem<Item extends object>(set: SmallSet<Item>, item: Item): SmallSet<Item> {
  if (set === undefined || set === item) return undefined;
  if (set instanceof Set) {
    set.delete(item);
    return set.size === 0 ? undefined : set;
  }
  const items = fewOf(set);
  if (!items.includes(item)) return set;
  const others = items.toSpliced(items.indexOf(item), 1);
  return others.length === 1 ? others[0] : others;
}

export function hasItem<Item extends object>(set: SmallSet<Item>, item: Item): boolean {
  return set === item || (set instanceof Set ? set.has(item) : fewOf(set).includes(item));
}

export function itemsOf<Item extends object>(set: SmallSet<Item>): Iterable<Item> {
  return set instanceof Set ? set : fewOf(set);
}

/** The items in the order in which they were added. The list does not change with the set. */
export function listOf<Item extends object>(set: SmallSet<Item>): readonly Item[] {
  return set instanceof Set ? [...set] : fewOf(set);
}

const nothing: readonly never[] = [];

function fewOf<Item extends object>(set: Item | readonly Item[] | undefined): readonly Item[] {
  if (set === undefined) return nothing;
  return isList(set) ? set : [set];
}

function isList<Item extends object>(set: Item | readonly Item[]): set is readonly Item[] {
  return Array.isArray(set);
}
