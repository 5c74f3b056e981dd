/** Random mistakes: wrong values anywhere in valid documents. */
import fc from 'fast-check';

/** Values of wrong types, and odd, empty, huge and out-of-range values. */
const WRONG: readonly unknown[] = [
  ...[-1, 0, 1, 99, 101, 599, 600, 65_535, 65_536, 70_000, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1e20, 0.5, 1e-9],
  ...[
    '',
    ' ',
    'a',
    'A B',
    'a'.repeat(300),
    'a'.repeat(70_000),
    '%'.repeat(9_000),
    Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.'),
    `${'a'.repeat(60)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`,
    '\0',
    'a\nb',
    'a\r\nb',
    '\t',
    '\u0007',
    '\u007f',
    '\u001f',
    '\u2028',
    'é',
    '日本',
    '🙂',
    '\ud800',
    '*',
    '*.a',
    'a.*',
    '*.*',
    '.',
    '..',
    '-',
    '_',
    '/',
    '//',
    'a/b',
    '[',
    '{',
    '%',
    '%%',
    '%REQ(a',
    '%NO_SUCH%',
    ':path',
    'Host',
    'x-a:b',
    ',',
  ],
  ...['(?=a)', '(', 'a{1000}', '\\x{100}', '[^/]{60}', '.*', '\\'],
  ...[
    '999.1.1.1',
    '1.2.3',
    '10.0.0.1/8',
    '10.0.0.1:80',
    '::1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    '0.0.0.0',
    'localhost',
    'db.example',
    '-a.example',
    'A.Example',
    'a'.repeat(64) + '.example',
    'a..b',
    'a.example.',
    '*.example',
  ],
  ...['0s', '-1s', '0.0001s', '1ns', '1e9s', '99999999999s', '315576000001s', '9223372037s', '1h', '1', 'soon'],
  ...[
    'http',
    'HTTP2',
    'grpc',
    'TLS',
    'tcp',
    'MONGO',
    'udp',
    'ISTIO_MUTUAL',
    'SIMPLE',
    'HEALTHY',
    '5xx',
    'reset,503',
    '1000',
    '200',
  ],
  ...[
    null,
    true,
    false,
    [],
    {},
    [''],
    [null],
    [{}],
    { a: 'b' },
    { '': '' },
    { 'a b': 'c\nd' },
    { host: 'a' },
    { ':path': '/' },
  ],
];

const wrongValue = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...WRONG) },
  fc.string({ unit: 'binary', size: 'max', maxLength: 40 }),
  fc.integer(),
  fc.double(),
);

export interface Mistake {
  /** The index of the changed place, modulo the number of places. */
  readonly place: number;
  readonly wrong: unknown;
  /** Whether the key of a mapping is changed, not its value. */
  readonly key: boolean;
}

export const arbitraryMistake: fc.Arbitrary<Mistake> = fc.record({
  place: fc.nat(),
  wrong: wrongValue,
  key: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

type Path = readonly (string | number)[];

/** A copy of the document with all of these mistakes. */
export function withMistakes(document: unknown, mistakes: readonly Mistake[]): unknown {
  return mistakes.reduce((changed, { place, wrong, key }) => {
    const places = placesOf(changed);
    const path = places[place % Math.max(1, places.length)];
    if (path === undefined) return changed;
    return key && typeof wrong === 'string' ? renamed(changed, path, wrong) : replaced(changed, path, wrong);
  }, document);
}

/** The paths of all values, including mappings and lists. */
function placesOf(value: unknown, path: Path = []): readonly Path[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== 'object' || value === null) return own;
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, inner]) =>
      placesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaced(value: unknown, path: Path, wrong: unknown): unknown {
  return update(value, path, () => wrong);
}

function update(value: unknown, [step, ...rest]: Path, change: (before: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === step ? update(item, rest, change) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: update(object[String(step)], rest, change) };
}

/** The value under another key. */
function renamed(value: unknown, path: Path, key: string): unknown {
  const last = path.at(-1);
  if (typeof last !== 'string') return value;
  return update(value, path.slice(0, -1), (parent) => {
    const { [last]: moved, ...others } = parent as Readonly<Record<string, unknown>>;
    return { ...others, [key]: moved };
  });
}
