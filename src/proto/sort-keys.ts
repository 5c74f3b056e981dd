/** Sorts the keys of JSON objects, so that equal maps have equal bytes regardless of insertion order. Independent of message types. */

/** Sorts keys by code unit. Returns the value itself if all keys are in order, otherwise a copy. */
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
