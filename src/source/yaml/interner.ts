/**
 * Shares equal texts and small mappings. Resources say the same few words over and over, and a piece that was cut out of a
 * larger text keeps all of that in memory; what went through here does neither.
 */

export interface Interner {
  /** Gives the text itself, or an equal one that was there before. */
  readonly text: (text: string) => string;
  /** Freezes a mapping whose values are frozen, or gives an equal one, with the same order of keys, that was there before. */
  readonly mapping: (mapping: Mapping) => Mapping;
}

export interface InternerOptions {
  /** How many texts, and how many mappings, are remembered at least; up to twice as many may be. Default 4096. */
  readonly capacity?: number;
  /** Texts of more UTF-16 code units are not remembered. Default 128. */
  readonly longest?: number;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Leaves everything as it is, for what is not kept. */
export const NO_INTERNER: Interner = { text: (text) => text, mapping: (mapping) => Object.freeze(mapping) };

/** Mappings of more entries are seldom equal. */
const MOST_ENTRIES = 8;

/** An interner that forgets what has not been asked for in a while. */
export function createInterner({ capacity = 4096, longest = 128 }: InternerOptions = {}): Interner {
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

/** Remembers what was made for a key, in two generations of which the older is forgotten when the younger is full. */
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

/** Whether a mapping holds a few scalars and nothing else. */
function isSmall(mapping: Mapping, longest: number): boolean {
  const values = Object.values(mapping);
  const isShort = (value: unknown): boolean =>
    typeof value === 'string' ? value.length <= longest : typeof value !== 'object' || value === null;
  return values.length <= MOST_ENTRIES && values.every(isShort);
}

/** A copy that is not a view into another text. A pass through JSON keeps halves of surrogate pairs, too. */
function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
