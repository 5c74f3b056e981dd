/** Crowds have their turns in order, and leave time for others. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { TurnQueue } from './turn-queue.js';

describe('promise 11: work that comes in crowds', () => {
  it('is done in order, each once, and other events are handled in between', async () => {
    const [done, others]: [number[], number[]] = [[], []];
    const queue = new TurnQueue<number>((item) => {
      const end = performance.now() + 4;
      while (performance.now() < end);
      done.push(item);
    });
    for (let round = 0; round < 2; round += 1) for (let item = 0; item < 20; item += 1) queue.add(item);
    while (done.length < 20) {
      others.push(done.length);
      await turn();
    }
    assert.deepEqual(
      done,
      Array.from({ length: 20 }, (_, item) => item),
    );
    // No turn takes more than 10 ms and what was begun then.
    others.push(20);
    for (const [index, count] of others.entries()) assert.ok(count - (others[index - 1] ?? 0) <= 4, others.join());
    assert.equal(queue.size, 0);
  });

  it('is left out if it is taken back, and may add to itself', async () => {
    const done: string[] = [];
    const queue = new TurnQueue<string>((item) => {
      done.push(item);
      if (item === 'a') queue.delete('b');
      if (item === 'c' && done.length < 4) queue.add('c');
    });
    for (const item of ['a', 'b', 'c']) queue.add(item);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    assert.deepEqual(done, ['a', 'c', 'c', 'c']);
  });
});
