/**
 * JSON with the keys of every object in one order, so that a map gives the same bytes however it was filled. Knows no
 * message.
 */

/** A copy where an object's keys were out of order by code unit, else the value itself. */
export function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? sortElements(value) : sortObject(value as Readonly<Record<string, unknown>>);
}

function sortElements(elements: readonly unknown[]): readonly unknown[] {
  const sorted = elements.map(sortKeys);
  return sorted.some((element, index) => element !== elements[index]) ? sorted : elements;
}

function sortObject(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(object);
  let changed = !isSorted(keys);
  if (changed) keys.sort();
  const sorted: Record<string, unknown> = {};
  for (const key of keys) {
    sorted[key] = sortKeys(object[key]);
    changed ||= sorted[key] !== object[key];
  }
  return changed ? sorted : object;
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
}
