import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sameRow } from './equal.js';

const plain = fc.anything({
  withMap: true,
  withSet: false,
  withTypedArray: false,
  withNullPrototype: true,
  withSparseArray: false,
});

describe('sameRow', () => {
  const alike: readonly (readonly [unknown, unknown])[] = [
    [
      { a: [1, { b: 'x' }], c: null },
      { c: null, a: [1, { b: 'x' }] },
    ],
    [new Uint8Array([1, 2]), Buffer.from([1, 2])],
    [new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
    [new Set(['a', 'b']), new Set(['b', 'a'])],
    [Number.NaN, Number.NaN],
    [Object.create(null), {}],
  ];
  for (const [index, [a, b]] of alike.entries()) {
    it(`finds pair ${index} equal`, () => assert.ok(sameRow(a, b) && sameRow(b, a)));
  }

  const different: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [1]],
    [[], {}],
    [null, {}],
    [undefined, null],
    ['1', 1],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Uint8Array([1]), [1]],
    [new Map([['a', 1]]), new Map([['b', 1]])],
    [new Map([['a', 1]]), { a: 1 }],
    [new Set(['a']), new Set(['b'])],
    [new Set(['a']), ['a']],
    [new Date(0), new Date(0)],
    [() => 1, () => 1],
  ];
  for (const [index, [a, b]] of different.entries()) {
    it(`finds pair ${index} different`, () => assert.ok(!sameRow(a, b) && !sameRow(b, a)));
  }

  it('agrees with Node.js for plain data', () => {
    const clean = (value: unknown): unknown => JSON.parse(JSON.stringify({ value })) as unknown;
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        assert.equal(sameRow(clean(a), clean(b)), isDeepStrictEqual(clean(a), clean(b)));
        assert.ok(sameRow(clean(a), clean(a)));
      }),
    );
  });
});
