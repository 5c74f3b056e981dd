import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createInterner } from './interner.js';

describe('createInterner', () => {
  it('gives an equal text, whatever it was given before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 50 }), (texts) => {
        const intern = createInterner({ capacity: 3, longest: 5 });
        for (const text of [...texts, 'a\uD800b', '\u2028']) assert.equal(intern.text(text), text);
      }),
    );
  });

  it('gives an equal mapping, frozen, whatever it was given before', () => {
    const scalar = fc.oneof(fc.constantFrom('', '1', 'a', 1, 0, true, null), fc.string({ maxLength: 6 }));
    const mapping = fc.dictionary(fc.constantFrom('a', 'b', '1'), fc.oneof(scalar, fc.constant(Object.freeze(['a']))));
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 50 }), (mappings) => {
        const intern = createInterner({ capacity: 3, longest: 5 });
        for (const each of mappings) {
          const shared = intern.mapping({ ...each });
          assert.equal(JSON.stringify(shared), JSON.stringify({ ...each }));
          assert.ok(Object.isFrozen(shared));
        }
      }),
    );
  });

  it('shares what is equal, and only while it remembers it', () => {
    const intern = createInterner({ capacity: 1 });
    const [first, second] = [intern.mapping({ a: 1, b: 'c' }), intern.mapping({ a: 1, b: 'c' })];
    assert.equal(first, second);
    assert.notEqual(intern.mapping({ b: 'c', a: 1 }), first);
    intern.mapping({ c: 1 });
    intern.mapping({ d: 1 });
    assert.notEqual(intern.mapping({ a: 1, b: 'c' }), first);
  });
});
