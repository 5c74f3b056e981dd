/** Plain data as JSON has it, which documents mean. It must not know how they are written. */

export type Mapping = Readonly<Record<string, unknown>>;

export function isDataMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list; empty if the value is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Those entries of a list that are mappings. */
export function mappingsIn(value: unknown): readonly Mapping[] {
  return asList(value).filter(isDataMapping);
}

/** Whether both mean the same; the order of keys does not matter. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => isSameData(item, b[i]));
  if (!isDataMapping(a) || !isDataMapping(b)) return Object.is(a, b);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSameData(a[key], b[key]))
  );
}
