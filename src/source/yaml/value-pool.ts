/**
 * Shares equal strings and small mappings. Resources repeat the same strings, and a substring keeps the whole text in memory;
 * a pooled value does neither.
 */

export interface ValuePool {
  /** Returns a pooled string that is equal to the given one. */
  readonly text: (text: string) => string;
  /** Returns a frozen mapping with equal keys, in the same order, and values. The given values must be frozen. */
  readonly mapping: (mapping: Mapping) => Mapping;
}

export interface ValuePoolOptions {
  /** Minimum number of strings, and of mappings, that are remembered; the maximum is twice as many. Default: 4096. */
  readonly capacity?: number;
  /** Longer strings, in UTF-16 code units, are not remembered. Default: 128. */
  readonly longest?: number;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Shares nothing, for values that are not stored. */
export const NO_POOL: ValuePool = { text: (text) => text, mapping: (mapping) => Object.freeze(mapping) };

/** Larger mappings are rarely equal. */
const MOST_ENTRIES = 8;

/** A pool that forgets values that were not used recently. */
export function createValuePool({ capacity = 4096, longest = 128 }: ValuePoolOptions = {}): ValuePool {
  const texts = createMemory<string>(capacity);
  const mappings = createMemory<Mapping>(capacity);
  return {
    text: (text) => (text.length > longest ? detached(text) : texts(text, detached)),
    mapping: (mapping) => {
      if (!isSmall(mapping, longest)) return Object.freeze(mapping);
      return mappings(JSON.stringify(mapping), () => Object.freeze(mapping));
    },
  };
}

/** A cache of two generations: when the younger one is full, the older one is dropped. */
function createMemory<Value>(capacity: number): (key: string, make: (key: string) => Value) => Value {
  let young = new Map<string, Value>();
  let old: ReadonlyMap<string, Value> = new Map();
  return (key, make) => {
    const known = young.get(key);
    if (known !== undefined) return known;
    const value = old.get(key) ?? make(key);
    if (young.size >= capacity) [young, old] = [new Map<string, Value>(), young];
    young.set(typeof value === 'string' ? value : key, value);
    return value;
  };
}

/** Whether a mapping has only a few scalars. */
function isSmall(mapping: Mapping, longest: number): boolean {
  let entries = 0;
  // Without a list of the values: every mapping in the files comes by. What they inherit is not enumerable.
  for (const key in mapping) {
    const value = mapping[key];
    if (typeof value === 'string' ? value.length > longest : typeof value === 'object' && value !== null) return false;
    entries += 1;
  }
  return entries <= MOST_ENTRIES;
}

/** A copy that does not reference another string. A round trip through JSON preserves unpaired surrogates. */
function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
