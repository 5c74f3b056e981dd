import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type SmallSet, hasItem, itemsOf, listOf, withItem, withoutItem } from './small-set.js';

describe('a small set', () => {
  it('contains the same items as a Set, in the same order', () => {
    const items = Array.from({ length: 12 }, (_, id) => ({ id }));
    const change = fc.record({ add: fc.nat(3).map((n) => n > 0), item: fc.constantFrom(...items) });
    fc.assert(
      fc.property(fc.array(change, { size: 'large' }), (changes) => {
        const expected = new Set<object>();
        let set: SmallSet<object>;
        let lists: readonly (readonly [listed: readonly object[], then: readonly object[]])[] = [];
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
          lists = [...lists, [listOf(set), [...expected]]];
        }
        for (const [listed, then] of lists) assert.deepEqual(listed, then, 'a list stays as it was');
      }),
    );
  });
});
