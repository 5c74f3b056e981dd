import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createValuePool } from './value-pool.js';

describe('createValuePool', () => {
  it('returns an equal text, for any earlier texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 50, size: 'max' }), (texts) => {
        const pool = createValuePool({ capacity: 3, longest: 5 });
        for (const text of [...texts, 'a\uD800b', '\u2028']) assert.equal(pool.text(text), text);
      }),
    );
  });

  it('returns an equal frozen mapping, for any earlier mappings', () => {
    const value = fc.constantFrom(
      '',
      '1',
      1,
      true,
      'true',
      null,
      'longer than that',
      Object.freeze(['1']),
      Object.freeze({}),
    );
    const mapping = fc.dictionary(fc.constantFrom('a', 'b', '1'), value, { maxKeys: 2 });
    fc.assert(
      fc.property(fc.array(mapping, { minLength: 30, maxLength: 60, size: 'max' }), (mappings) => {
        const pool = createValuePool({ capacity: 20, longest: 5 });
        for (const each of mappings) {
          const shared = pool.mapping({ ...each });
          assert.equal(JSON.stringify(shared), JSON.stringify({ ...each }));
          assert.ok(Object.isFrozen(shared));
        }
      }),
    );
  });

  it('shares equal values while it remembers them', () => {
    const pool = createValuePool({ capacity: 1 });
    const [first, second] = [pool.mapping({ a: 1, b: 'c' }), pool.mapping({ a: 1, b: 'c' })];
    assert.equal(first, second);
    assert.deepEqual(Object.keys(pool.mapping({ b: 'c', a: 1 })), ['b', 'a']);
    pool.mapping({ c: 1 });
    pool.mapping({ d: 1 });
    assert.notEqual(pool.mapping({ a: 1, b: 'c' }), first);
  });
});
