import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FieldPath } from '../../api/resource.js';
import { jsonOffsets, parseJson } from './json.js';

describe('parseJson', () => {
  it('returns frozen values', () => {
    const value = parseJson(' {"a": [{"b": "c:\\""}], "d": null} ', 100);
    assert.deepEqual(value, { a: [{ b: 'c:"' }], d: null });
    assert.ok(Object.isFrozen((value as { readonly a: readonly unknown[] }).a[0]));
  });

  const left: readonly (readonly [string, string])[] = [
    ['a key twice', '{"a": 1, "a": 2}'],
    ['a key twice, further in', '[{"b": {"a": 1, "\\u0061": 2}}]'],
    ['__proto__', '{"a": {"__proto__": 1}}'],
    ['too deep', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['YAML', '{a: 1}'],
    ['a scalar', '5'],
    ['half', '{"a": '],
    ['nothing', ''],
  ];
  for (const [title, text] of left) {
    it(`leaves to the complete parser: ${title}`, () => assert.equal(parseJson(text, 100), undefined));
  }

  it('reads any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const text = JSON.stringify(value, undefined, 1);
        if (!text.includes('__proto__')) assert.deepEqual(parseJson(text, 100), JSON.parse(text));
      }),
    );
  });
});

describe('jsonOffsets', () => {
  const text = '{ "a" : [ 1, {"b\\"": "}]", "c": {"d": [[], true]}}, "x" ] , "e":{} }';
  const cases: readonly (readonly [FieldPath, string])[] = [
    [[], '{ "a"'],
    [['a'], '"a"'],
    [['a', 0], '1,'],
    [['a', 1], '{"b'],
    [['a', 1, 'b"'], '"b'],
    [['a', 1, 'c', 'd'], '"d"'],
    [['a', 1, 'c', 'd', 0], '[]'],
    [['a', 1, 'c', 'd', 1], 'true'],
    [['a', 2], '"x"'],
    [['e'], '"e"'],
    [['e', 'missing', 'more'], '"e"'],
    [['a', 3], '"a"'],
    [['a', 'b'], '"a"'],
    [['a', 0, 'b'], '1,'],
    [['missing'], '{ "a"'],
    [['e', 0], '"e"'],
  ];
  const offsetOf = jsonOffsets(text);
  for (const [path, expected] of [...cases, ...cases.toReversed()]) {
    it(`finds ${JSON.stringify(path)}`, () =>
      assert.ok(text.slice(offsetOf(path)).startsWith(expected), text.slice(offsetOf(path))));
  }
});
