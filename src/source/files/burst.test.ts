import assert from 'node:assert/strict';
import { createBurst } from './burst.js';

describe('burst', () => {
  it('combines events that arrive together', async () => {
    const burst = createBurst<string>({ quiet: 1, longest: 10 });
    burst.add('a');
    burst.add('b');
    burst.add('a');
    assert.deepEqual(await burst.next(), new Set(['a', 'b']));
    const next = burst.next();
    burst.add('c');
    assert.deepEqual(await next, new Set(['c']));
  });

  it('does not wait for ever while events arrive', async () => {
    const burst = createBurst<number>({ quiet: 1_000_000, longest: 5 });
    let count = 0;
    const timer = setInterval(() => burst.add(count++), 1);
    try {
      assert.ok(((await burst.next())?.size ?? 0) > 0);
    } finally {
      clearInterval(timer);
      burst.close();
    }
  });

  it('returns the events so far on request', async () => {
    const burst = createBurst<string>({ quiet: 1, longest: 10 });
    assert.deepEqual(burst.take(), new Set());
    burst.add('a');
    assert.deepEqual(burst.take(), new Set(['a']));
    const next = burst.next();
    burst.add('b');
    assert.deepEqual(await next, new Set(['b']));
  });

  it('ends', async () => {
    const burst = createBurst<string>({ quiet: 1, longest: 10 });
    const next = burst.next();
    burst.close();
    burst.add('a');
    assert.equal(await next, undefined);
    assert.equal(await burst.next(), undefined);
  });
});
