import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { propertyRuns, propertyTimeout } from '../../testing/property-runs.js';
import type { FieldPath } from '../../api/resource.js';
import { MAX_DOCUMENT_LENGTH, MAX_DOCUMENT_TOKENS } from './limits.js';
import { parseText } from './parse.js';

/** Which texts need quotes is not the same to the library's writer and to Kubernetes. */
const QUOTED = { defaultKeyType: 'QUOTE_DOUBLE', defaultStringType: 'QUOTE_DOUBLE' } as const;

/** `line:column code` of each problem. */
function problems(text: string): readonly string[] {
  return parseText(text).findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('parseText', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['a: 1', { a: 1 }],
    ['{"a": [1, 2.5, true, null, "x"]}', { a: [1, 2.5, true, null, 'x'] }],
    ['', null],
    ['--- # nothing', null],
    ['yes: no', { true: false }],
    ['a: 2024-01-31', { a: '2024-01-31' }],
    ['a: .inf\nb: .nan\nc: -0', { a: '.inf', b: '.nan', c: 0 }],
    ['1: a\ntrue: b\nnull: c\n~: d', { '1': 'a', true: 'b', null: 'c', '~': 'd' }],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['&k a: 1\nb: *k', { a: 1, b: 'a' }],
    ['a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}', { a: { b: 1, c: 2 }, d: { c: 3, b: 1 } }],
    ['a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}', { a: { b: 1 }, c: { b: 2, d: 3 }, e: { b: 1, d: 3 } }],
    ['<<: {a: 1}\n<<: {b: 2}', { a: 1, b: 2 }],
    ['"<<": 1', { '<<': 1 }],
    ['a: "b\nc"\nd: [e,\nf\n]\ng: {h: i\n}', { a: 'b c', d: ['e', 'f'], g: { h: 'i' } }],
    ['a: \'[{\n  b\n}]\'\nc:\n  d: "e\n  f"', { a: '[{ b }]', c: { d: 'e f' } }],
    ['%YAML 1.1\n---\na: yes\nb: 2024-01-31\nc: !!binary aGk=', { a: true, b: '2024-01-31', c: 'aGk=' }],
    ['a: !!str 5\nb: !!int "5"', { a: '5', b: 5 }],
    ['a: "\\u00fc\\n"\nb: |\n  x\n  y\n', { a: 'ü\n', b: 'x\ny\n' }],
  ];
  for (const [text, expected] of values) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const { value, findings: found } = parseText(text);
      assert.deepEqual(found, []);
      assert.deepEqual(value, expected);
    });
  }

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['a: 1\na: 2', ['2:1 DuplicateKey']],
    ['{"a": 1, "a": 2}', ['1:10 DuplicateKey']],
    ['1: a\n"1": b', ['2:1 DuplicateKey']],
    ['a:\n\tb: 1', ['2:1 InvalidYaml']],
    ['a: "x', ['1:6 InvalidYaml']],
    ['a: b: c', ['1:4 InvalidYaml']],
    ['a: *x', ['1:4 InvalidAlias']],
    ['&x a: *x\nb: &y [*y]', ['2:8 InvalidAlias']],
    ['__proto__: 1', ['1:1 ForbiddenKey']],
    ['a:\n  ? [b]\n  : c', ['2:5 InvalidYaml']],
    ['<<: 1', ['1:1 InvalidYaml']],
    ['a: !!omap [b: 1]', ['1:1 InvalidYaml']],
  ];
  for (const [text, expected] of refused) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.deepEqual(problems(text), expected);
      assert.equal('value' in parseText(text), false);
    });
  }

  it('warns of unknown tags', () => {
    assert.deepEqual(problems('a: !x 1'), ['1:4 YamlWarning']);
    assert.deepEqual(parseText('a: !x 1').value, { a: '1' });
  });

  it('freezes everything, including shared values', () => {
    const { value } = parseText('a: &x [{}]\nb: *x\nc: {<<: {d: []}}');
    const { a, b, c } = value as {
      readonly a: readonly object[];
      readonly b: unknown;
      readonly c: { readonly d: unknown };
    };
    assert.equal(a, b);
    for (const part of [value, a, a[0], c, c.d]) assert.ok(Object.isFrozen(part));
  });

  describe('limits', () => {
    const bomb = `a0: &a0 [${'x, '.repeat(10)}]\n${Array.from(
      { length: 12 },
      (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`,
    ).join('\n')}`;
    const merges = `a0: &a0 {k: v}\n${Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}`).join('\n')}`;
    const nested = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['aliases that expand to too much', bomb, /^\d+:\d+ InvalidAlias$/],
      ['merges that do', merges, /^\d+:\d+ InvalidAlias$/],
      ['flow lists nested too deep', '['.repeat(100_000), /^1:1\d\d DocumentTooDeep$/],
      ['flow mappings', '{a: '.repeat(100_000), /^1:\d+ DocumentTooDeep$/],
      ['block lists', `${'- '.repeat(100_000)}a`, /^1:\d+ DocumentTooDeep$/],
      ['block mappings', nested, /^\d+:\d+ DocumentTooDeep$/],
      [
        'aliases',
        `a0: &a0 []\n${Array.from({ length: 150 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`).join('\n')}`,
        /^\d+:\d+ InvalidAlias$/,
      ],
      ['too long', `a: ${'x'.repeat(MAX_DOCUMENT_LENGTH)}`, /^1:1 DocumentTooLarge$/],
      ['too many tokens', `[${','.repeat(MAX_DOCUMENT_TOKENS + 10)}`, /^1:\d+ DocumentTooLarge$/],
    ];
    for (const [title, text, expected] of cases) {
      it(`rejects ${title}`, function () {
        this.timeout(propertyTimeout(60_000));
        const found = problems(text);
        assert.equal(found.length, 1);
        assert.match(found[0] ?? '', expected);
      });
    }

    it('accepts a text of two megabytes, and JSON beyond the limits of YAML', () => {
      const text = 'x'.repeat(2 * 1024 * 1024);
      assert.deepEqual(parseText(`a: ${text}`).value, { a: text });
      const long = { a: Array.from({ length: 100 }, () => 'x'.repeat(MAX_DOCUMENT_LENGTH / 50)) };
      assert.deepEqual(parseText(JSON.stringify(long)).value, long);
    });

    it('reports few errors for a text full of errors', () => {
      assert.equal(problems('} '.repeat(1_000)).length, 1);
      assert.equal(problems('__proto__: 1\n'.repeat(1_000)).length, 3);
    });
  });

  describe('positions', () => {
    const text = `# a comment
apiVersion: v1
metadata:
    name: a
spec:
  port: &port
    number: 80
  list:
  - 1
  -   b: {c: [d, e]}
  "quoted key": x
  copy: *port
  merged:
    <<: *port
    own: 1
`;
    const cases: readonly (readonly [FieldPath, string])[] = [
      [[], '2:1'],
      [['apiVersion'], '2:1'],
      [['metadata', 'name'], '4:5'],
      [['spec', 'port', 'number'], '7:5'],
      [['spec', 'list', 0], '9:5'],
      [['spec', 'list', 1], '10:7'],
      [['spec', 'list', 1, 'b', 'c', 1], '10:18'],
      [['spec', 'quoted key'], '11:3'],
      [['spec', 'copy'], '12:3'],
      [['spec', 'copy', 'number'], '7:5'],
      [['spec', 'merged', 'number'], '7:5'],
      [['spec', 'merged', 'own'], '15:5'],
      [['spec', 'merged', 'missing'], '13:3'],
      [['spec', 'missing', 'number'], '5:1'],
      [['spec', 'list', 7], '8:3'],
      [['spec', 'list', 'b'], '8:3'],
      [['spec', 'port', 0], '6:3'],
      [['missing'], '2:1'],
    ];
    const { positionOf } = parseText(text);
    for (const [path, expected] of cases) {
      it(`${path.join('.')} is at ${expected}`, () => {
        const { line, column } = positionOf(path);
        assert.equal(`${line}:${column}`, expected);
      });
    }

    it('are the same for JSON', () => {
      const { positionOf: inJson } = parseText('{\n  "a": [\n    {"b": 1}\n  ]\n}');
      assert.deepEqual(inJson(['a', 0, 'b']), { line: 3, column: 6 });
      assert.deepEqual(inJson(['a', 0, 'c']), { line: 3, column: 5 });
    });
  });

  it('reads everything that YAML can write', () => {
    const key = fc.string().filter((text) => text !== '__proto__' && text !== '<<');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const { value: read, findings: found } = parseText(stringify(data, QUOTED));
        assert.deepEqual(found, []);
        assert.equal(JSON.stringify(read), JSON.stringify(data));
      }),
    );
  });

  it('never throws for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '? ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '&a ',
        '*a ',
        '!',
        '|',
        '>',
        '"',
        "'",
        '#',
        '%',
        '@',
        '`',
        '\t',
        '\r',
        '<<',
        '---',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30, size: 'max' }),
        fc.array(fc.oneof(fc.string(), fc.nat(3))),
        (pieces, path) => {
          const parsed = parseText(pieces.join(''));
          const { line, column } = parsed.positionOf(path);
          assert.ok(line >= 1 && column >= 1);
          assert.equal(
            parsed.value === undefined,
            parsed.findings.some(({ severity }) => severity === 'error'),
          );
        },
      ),
      { numRuns: propertyRuns(1_000) },
    );
  });
});
