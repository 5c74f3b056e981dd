import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { runInBackground } from './run-in-background.js';

/** Keeps the event loop busy for a time, in milliseconds. */
function spin(duration: number): void {
  const end = performance.now() + duration;
  while (performance.now() < end);
}

describe('work in the background', () => {
  it('gives way between turns, and has a result', async () => {
    let [others, isOver] = [0, false];
    const seen: number[] = [];
    function* steps(): Generator<void, string> {
      for (let step = 0; step < 4; step += 1) {
        seen.push(others);
        spin(6);
        yield;
      }
      return 'done';
    }
    const result = runInBackground(steps()).finally(() => {
      isOver = true;
    });
    // Others use the event loop all the time.
    while (!isOver) {
      spin(5);
      others += 1;
      await setImmediate();
    }
    assert.equal(await result, 'done');
    const turns = seen.slice(1).map((count, index) => count - (seen[index] ?? 0));
    assert.ok(
      turns.every((count) => count > 1),
      `others ran ${turns.join()} times between its turns`,
    );
  });

  it('fails with the error of its work', async () => {
    await assert.rejects(
      runInBackground(
        (function* () {
          yield;
          throw new Error('broken');
        })(),
      ),
      /broken/,
    );
  });
});
