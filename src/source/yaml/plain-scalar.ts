/**
 * The value of a plain (unquoted) scalar, as kubectl reads it: `sigs.k8s.io/yaml` follows YAML 1.1 with Go's numbers, so that
 * `yes` and `on` are true, `010` is 8 and `1_000` is a thousand. Everything else is a string. Unlike in kubectl, `y` and `n` are
 * strings: they are more likely names of nodes or labels than booleans.
 * https://pkg.go.dev/sigs.k8s.io/yaml and https://yaml.org/type/bool.html
 */

export type ScalarValue = string | number | boolean | null;

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...inAllCases(['null'], null),
  ['~', null],
  ['', null],
  ...inAllCases(['true', 'yes', 'on'], true),
  ...inAllCases(['false', 'no', 'off'], false),
]);
const LONGEST_WORD = 5;

/** Decimals of common size. */
const SHORT_DECIMAL = /^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?$/u;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/u;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/u;
const WITH_BASE = /^[-+]?0([xXbBoO]?)([0-9a-fA-F]+)$/u;

/** Integers with a base must fit into 64 bits; larger decimals are read as floating point. */
const LARGEST_INTEGER = 2 ** 64;

/** Only a text that starts with a lower character code can be a number. */
const BEFORE_LETTERS = 64;

/** The value of a plain scalar. Values that JSON does not have, such as infinities, are strings. */
export function plainScalar(source: string): ScalarValue {
  if (source.length <= LONGEST_WORD) {
    const word = WORDS.get(source);
    if (word !== undefined) return word;
  }
  return source.charCodeAt(0) >= BEFORE_LETTERS ? source : (numberOf(source) ?? source);
}

/**
 * The key of a mapping. Keys are strings in Kubernetes, so `on: x` has the key "true" and `010: x` the key "8".
 */
export function plainKey(source: string): string {
  const value = plainScalar(source);
  return value === null ? source : String(value);
}

function numberOf(source: string): number | undefined {
  if (SHORT_DECIMAL.test(source)) return Number(source);
  // Go removes underscores anywhere in a number, but not if it starts with a dot.
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '');
  const integer = INTEGER.test(plain) ? integerOf(plain) : undefined;
  if (integer !== undefined) return integer;
  const float = FLOAT.test(plain) ? Number(plain) + 0 : Number.NaN;
  return Number.isFinite(float) ? float : undefined;
}

function integerOf(plain: string): number | undefined {
  const [, base = '', digits = ''] = WITH_BASE.exec(plain) ?? [];
  const magnitude = digits === '' ? Math.abs(Number(plain)) : Number(`0${base || 'o'}${digits}`);
  if (magnitude >= LARGEST_INTEGER) return undefined;
  return (plain.startsWith('-') ? -magnitude : magnitude) + 0;
}

/** `yes`, `Yes` and `YES`. */
function inAllCases<Value>(words: readonly string[], value: Value): readonly (readonly [string, Value])[] {
  return words.flatMap((word) =>
    [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()].map((text) => [text, value] as const),
  );
}
