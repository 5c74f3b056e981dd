import assert from 'node:assert/strict';
import { createGrace } from './grace.js';

const TIMES = { grace: 100, settle: 10 };

describe('grace', () => {
  it('keeps the resources of a path until the grace time ends', () => {
    const grace = createGrace(TIMES);
    grace.update(new Set(['a']), 0);
    grace.settle(new Map([['a', 3]]), 0);
    assert.deepEqual(
      [grace.keeps(['b', 'a'], 99), grace.keeps(['b'], 99), grace.keeps(['a'], 100)],
      [true, false, false],
    );
    assert.deepEqual([grace.hold('a'), grace.hold('b'), grace.next()], [{ held: 3, until: 100 }, undefined, 100]);
    grace.update(new Set(['a']), 100);
    grace.settle(new Map(), 100);
    assert.deepEqual([grace.hold('a'), grace.next(), grace.keeps(['a'], 101)], [undefined, undefined, false]);
  });

  it('gives a path that was back the whole time again', () => {
    const grace = createGrace(TIMES);
    grace.update(new Set(['a']), 0);
    grace.settle(new Map([['a', 1]]), 0);
    grace.update(new Set(), 50);
    grace.settle(new Map(), 50);
    grace.update(new Set(['a']), 60);
    assert.ok(grace.keeps(['a'], 159));
  });

  it('waits for the remaining resources while some come back', () => {
    const grace = createGrace(TIMES);
    grace.update(new Set(['a']), 0);
    grace.settle(new Map([['a', 3]]), 0);
    for (const [now, held] of [
      [20, 2],
      [29, 1],
    ] as const) {
      grace.update(new Set(), now);
      assert.ok(grace.keeps(['a'], now));
      grace.settle(new Map([['a', held]]), now);
    }
    assert.equal(grace.next(), 39);
    assert.ok(grace.keeps(['a'], 38));
    assert.ok(!grace.keeps(['a'], 39));
  });

  it('waits for them at most as long as for a missing path', () => {
    const grace = createGrace(TIMES);
    grace.update(new Set(['a']), 0);
    grace.settle(new Map([['a', 3]]), 0);
    grace.update(new Set(), 95);
    grace.settle(new Map([['a', 2]]), 95);
    assert.deepEqual([grace.keeps(['a'], 99), grace.keeps(['a'], 100), grace.next()], [true, false, 100]);
  });
});
