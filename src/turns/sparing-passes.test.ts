import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SparingPasses } from './sparing-passes.js';

describe('sparing passes', () => {
  let now = 0;
  let [begun, passes]: [number[], SparingPasses | undefined] = [[], undefined];
  let end: () => void = () => undefined;

  beforeEach(() => {
    [now, begun] = [0, []];
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    passes = new SparingPasses({
      ...{ leastMs: 100, mostMs: 10_000, now: () => now },
      pass: () => {
        begun.push(now);
        return new Promise((resolve) => (end = resolve));
      },
    });
  });

  afterEach(async () => {
    end();
    await passes?.close();
    mock.timers.reset();
  });

  function pass(ms: number): void {
    now += ms;
    mock.timers.tick(ms);
  }

  async function ends(): Promise<void> {
    end();
    // The end of a promise and what follows it.
    for (let turns = 0; turns < 3; turns += 1) await Promise.resolve();
  }

  it('begin at once, and again after the least time', async () => {
    passes?.request();
    pass(0);
    await ends();
    passes?.request();
    pass(99);
    assert.deepEqual(begun, [0]);
    pass(1);
    assert.deepEqual(begun, [0, 100]);
  });

  it('are not two at once, and one follows a request during another', async () => {
    passes?.request();
    pass(0);
    passes?.request();
    passes?.request();
    pass(5);
    assert.deepEqual(begun, [0]);
    await ends();
    pass(100);
    assert.deepEqual(begun, [0, 105]);
    await ends();
    pass(1_000);
    assert.equal(begun.length, 2);
  });

  it('wait twenty times as long as the last one took', async () => {
    passes?.request();
    pass(0);
    pass(50);
    await ends();
    passes?.request();
    pass(999);
    assert.equal(begun.length, 1);
    pass(1);
    assert.deepEqual(begun, [0, 1_050]);
  });

  it('begin from time to time without a request', () => {
    pass(10_000);
    pass(0);
    assert.deepEqual(begun, [10_000]);
  });

  it('end with the last one', async () => {
    passes?.request();
    pass(0);
    let isClosed = false;
    const closing = passes?.close().then(() => (isClosed = true));
    await Promise.resolve();
    assert.equal(isClosed, false);
    await ends();
    await closing;
    passes?.request();
    pass(20_000);
    assert.equal(begun.length, 1);
  });
});
