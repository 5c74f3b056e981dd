import assert from 'node:assert/strict';
import { createStateKeeper } from './state-keeper.js';

describe('createStateKeeper', () => {
  it('writes once for many changes, and what is left at the end', async () => {
    let writes = 0;
    const keeper = createStateKeeper({
      write: () => {
        writes++;
        return Promise.resolve();
      },
      onError: assert.ifError,
      ...{ interval: 60_000, retry: 60_000 },
    });
    for (let i = 0; i < 100; i++) keeper.request();
    await keeper.close();
    assert.equal(writes, 1);
    keeper.request();
    await keeper.close();
    assert.equal(writes, 2);
  });

  it('writes one at a time, and again after a change in between', async () => {
    let [writes, running] = [0, 0];
    const alive = setInterval(() => undefined, 1_000);
    await new Promise<void>((resolve) => {
      const keeper = createStateKeeper({
        write: async () => {
          assert.equal(++running, 1);
          if (++writes === 1) keeper.request();
          await new Promise((done) => setTimeout(done, 5));
          running--;
          if (writes === 2) resolve();
        },
        onError: assert.ifError,
        ...{ interval: 1, retry: 60_000 },
      });
      keeper.request();
    });
    clearInterval(alive);
    assert.equal(writes, 2);
  });

  it('promise 35: tries again after a failure', async () => {
    const errors: unknown[] = [];
    let writes = 0;
    const alive = setInterval(() => undefined, 1_000);
    await new Promise<void>((resolve) => {
      const keeper = createStateKeeper({
        write: () => {
          if (++writes < 3) return Promise.reject(new Error('ENOSPC'));
          resolve();
          return Promise.resolve();
        },
        onError: (error) => errors.push(error),
        ...{ interval: 1, retry: 1 },
      });
      keeper.request();
    });
    clearInterval(alive);
    assert.equal(errors.length, 2);
  });
});
