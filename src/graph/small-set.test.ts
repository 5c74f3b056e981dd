import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type SmallSet, hasItem, itemsOf, withItem, withoutItem } from './small-set.js';

describe('a small set', () => {
  it('holds what a Set holds, in the same order', () => {
    const items = [{ id: 0 }, { id: 1 }, { id: 2 }];
    const change = fc.record({ add: fc.boolean(), item: fc.constantFrom(...items) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const expected = new Set<object>();
        let set: SmallSet<object>;
        for (const { add, item } of changes) {
          set = add ? withItem(set, item) : withoutItem(set, item);
          if (add) expected.add(item);
          else expected.delete(item);
          assert.deepEqual([...itemsOf(set)], [...expected]);
          assert.deepEqual(
            items.map((each) => hasItem(set, each)),
            items.map((each) => expected.has(each)),
          );
          assert.equal(set === undefined, expected.size === 0);
        }
      }),
    );
  });
});
