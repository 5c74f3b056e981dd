import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createInterner } from './interner.js';

describe('createInterner', () => {
  it('gives an equal text, whatever it was given before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 50 }), (texts) => {
        const intern = createInterner({ capacity: 3, longest: 5 });
        for (const text of [...texts, 'a\uD800b', '\u2028']) assert.equal(intern(text), text);
      }),
    );
  });
});
