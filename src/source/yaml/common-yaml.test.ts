import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { propertyRuns } from '../../testing/property-runs.js';
import { parseCommonYaml } from './common-yaml.js';
import { service } from '../fixtures.test.js';
import { createValuePool } from './value-pool.js';
import { parseText, parseYaml } from './parse.js';
import { splitDocuments } from '../documents/document-texts.js';

/** Small enough to forget while a test runs. */
const POOL = createValuePool({ capacity: 20 });

function parse(text: string): unknown {
  return parseCommonYaml(text, POOL);
}

function isFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  );
}

/** What is taken is what the other parser makes of it, in the same order of keys and without a finding. */
function assertSame(text: string): boolean {
  const value = parse(text);
  if (value === undefined) return false;
  const whole = parseYaml(text);
  assert.deepEqual(whole.findings, []);
  assert.equal(JSON.stringify(value), JSON.stringify(whole.value));
  assert.ok(isFrozen(value));
  return true;
}

const CORPUS = ['junk', '.'].flatMap((folder) => {
  const directory = fileURLToPath(new URL(`../../../../src/testdata/${folder}`, import.meta.url));
  const names = readdirSync(directory, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.yaml')).map((name) => readFileSync(join(directory, name), 'utf8'));
});
const DOCUMENTS = [
  service('a'),
  ...CORPUS.flatMap((text) => [...splitDocuments(text)].map(({ text: document }) => document)),
].filter(({ length }) => length < 3_000);

describe('parseCommonYaml', () => {
  const taken: readonly (readonly [string, unknown])[] = [
    ['a: b', { a: 'b' }],
    ['# first\n--- # start\n\na: 1 # one\n  # between\nb: # two\n  c: d\n', { a: 1, b: { c: 'd' } }],
    ['a:\n- b\n-  c: d\n   e:\n   - f\n-\ng: null', { a: ['b', { c: 'd', e: ['f'] }, null], g: null }],
    ['- - a\n  - b\n-\n  c: d', [['a', 'b'], { c: 'd' }]],
    ['  - kind: Pod\n    name: a\n', [{ kind: 'Pod', name: 'a' }]],
    ['a: { b: [1, "x y", {c: d}], "e": [ ], f: {} }', { a: { b: [1, 'x y', { c: 'd' }], e: [], f: {} } }],
    ["a: 'b: c'\nd: \"# e\" # f\n'g h': i", undefined],
    ['a: \'b: c\'\nd: "# e" # f', { a: 'b: c', d: '# e' }],
    ['a: True\nb: ~\nc: yes\nd: FALSE', { a: true, b: null, c: true, d: false }],
    ['a: 0\nb: 12.50\nc: 10.0.0.1\nd: 5s', { a: 0, b: 12.5, c: '10.0.0.1', d: '5s' }],
    ['a: 1_000\nb: 2024-01-31\nc: 0.0.0', { a: 1_000, b: '2024-01-31', c: '0.0.0' }],
    ["a: http://b:80/#c d\ne: it's", { a: 'http://b:80/#c d', e: "it's" }],
    ['a: [http://b:80/, g h ]', { a: ['http://b:80/', 'g h'] }],
    [
      '1: a\nnull: b\non: c\napp.kubernetes.io/name: d',
      { '1': 'a', null: 'b', true: 'c', 'app.kubernetes.io/name': 'd' },
    ],
    ['a: {010: 0x1f, b: 1e3}', { a: { '8': 31, b: 1_000 } }],
    ['a: größe', { a: 'größe' }],
  ];
  for (const [text, expected] of taken) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parse(text), expected);
      assert.equal(assertSame(text), expected !== undefined);
    });
  }

  const left: readonly string[] = [
    '',
    '# a',
    '%YAML 1.2\n---\na: b',
    'a: b\n---\nc: d',
    'a: b\n...\n',
    '...',
    '--- a: b',
    'a: 1\na: 2',
    '"a": 1\na: 2',
    '{a: 1}',
    'a:\n  [b, c]',
    'a:\n  b',
    'a: {b: 1, b: 2}',
    '__proto__: 1',
    'a: {__proto__: 1}',
    '<<: {a: b}',
    'a: &b c',
    'a: *b',
    'a: !!str 5',
    'a: |\n  b',
    'a: >-\n  b',
    'a: b\n  c',
    'a: "b\n  c"',
    'a: "b\nc: d" # e',
    'a: [b,\n  c]',
    'a: {b: c\n  }',
    '? a\n: b',
    'a: b: c',
    'a: b:',
    'a: - b',
    'a: @b',
    'a: `b`',
    'a: %b',
    'a:\n\tb: c',
    'a: b\r\nc: d',
    'a: "\\n"',
    "a: 'it''s'",
    'a: "b" c',
    'a: "b"#c',
    'a: [b]#c',
    'a: [b, ]',
    'a: [b: c]',
    'a: {b}',
    'a: {b: }',
    'a: {b:c}',
    'a: {"b":c}',
    '[a]: b',
    'a:\n    b: c\n  d: e',
    '  a: b\nc: d',
    'a: b\n- c',
    '- a\nb: c',
    '- a\n - b',
    'a b: c',
    `${'a'.repeat(300)}: b`,
    'a: b\u00A0',
    'a: \u{1F600}',
    'a: \u2028',
  ];
  for (const text of left) {
    it(`leaves ${JSON.stringify(text).slice(0, 40)} to the complete parser`, () =>
      assert.equal(parse(text), undefined));
  }

  it('leaves long and deep texts to the complete parser, which knows the limits', () => {
    assert.equal(parse(`a: ${'x'.repeat(2 ** 18)}`), undefined);
    assert.equal(parse(`a: ${'['.repeat(60)}${']'.repeat(60)}`), undefined);
    assert.equal(parse(Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')), undefined);
  });

  it('reads most documents, with the result of the complete parser', () => {
    const count = DOCUMENTS.filter(assertSame).length;
    assert.ok(count > DOCUMENTS.length / 2, `${count} of ${DOCUMENTS.length}`);
  });

  const piece = fc.constantFrom(
    ...['a', 'b: ', 'c:', '- ', '-', '\n', '  ', ' ', '? ', '[', ']', '{', '}', ', ', ': ', ':', '&a ', '*a', '!t '],
    ...['|', '>', '"', '"x"', "'y'", "'", '#', ' # c', '%', '@', '<<: ', '---', '...', 'null', '~', 'true', '0x1f'],
    ...['1e5', '.5', '-1', '.inf', '10.0.0.1', '1.50', '=', '__proto__', 'ü', '\t', '\r\n', '\\', "it's", 'a#b'],
    ...['?x', '-x', ':x', 'x:y', '\u00A0', '\uFEFF'],
  );

  it('reads a document with mistakes like the complete parser, or not at all', () => {
    const edit = fc.tuple(fc.nat(3_000), fc.constantFrom(0, 0, 1, 1, 2, 8), fc.oneof(fc.constant(''), piece));
    const edited = fc
      .tuple(fc.constantFrom(...DOCUMENTS), fc.array(edit, { minLength: 1, maxLength: 4 }))
      .map(([text, edits]) =>
        edits.reduce((before, [at, length, insert]) => {
          const offset = at % (before.length + 1);
          return before.slice(0, offset) + insert + before.slice(offset + length);
        }, text),
      );
    fc.assert(
      fc.property(edited, (text) => void assertSame(text)),
      { numRuns: propertyRuns(1_000) },
    );
  });

  it('reads any lines like the complete parser, or not at all', () => {
    const inline = fc.oneof(
      fc.constantFrom('x', '5', '"q"', "'s'", 'a b', 'true', '[]', 'x # c', ' # c', '', 'a:b'),
      fc.constantFrom('{ a: 1, b: [x, y] }', '[{a: b}]', '[a, b] '),
      fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
    );
    const begin = fc.constantFrom(
      'a: ',
      'b: ',
      'c:',
      '"d": ',
      'e.f/g-h: ',
      '- ',
      '- a: ',
      '-   b: ',
      '-',
      '# ',
      '',
      '- - ',
    );
    const line = fc
      .tuple(fc.constantFrom(0, 0, 0, 1, 2, 2, 3, 4), begin, inline)
      .map(([indent, start, rest]) => `${' '.repeat(indent)}${start}${rest}`);
    const lines = fc.array(line, { minLength: 1, maxLength: 6 }).map((list) => list.join('\n'));
    fc.assert(
      fc.property(lines, (text) => void assertSame(text)),
      { numRuns: propertyRuns(3_000) },
    );
  });

  it('knows the positions of fields', () => {
    const { positionOf } = parseText(`# a\n${service('a')}`);
    assert.deepEqual(positionOf(['spec', 'hostname']), { line: 6, column: 3 });
    assert.deepEqual(positionOf(['metadata', 'namespace']), { line: 4, column: 21 });
    assert.deepEqual(positionOf(['spec', 'missing']), { line: 5, column: 1 });
  });
});
