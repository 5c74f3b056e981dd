/** One timer wakes everybody, in time and once. */
import assert from 'node:assert/strict';
import { WakeUps } from './wake-ups.js';

describe('wake-ups', () => {
  function sleeper(): { readonly woken: Promise<number>; pump(): void } {
    let wake: (at: number) => void = () => undefined;
    const woken = new Promise<number>((resolve) => {
      wake = resolve;
    });
    return { woken, pump: () => wake(performance.now()) };
  }

  it('happen in the order of their times, not of the calls', async () => {
    const wakeUps = new WakeUps(() => performance.now());
    const now = performance.now();
    const [late, soon] = [sleeper(), sleeper()];
    wakeUps.set(late, now + 40);
    wakeUps.set(soon, now + 10);
    // The timer holds no process open; this one does while the test waits.
    const open = setInterval(() => undefined, 1000);
    const [lateAt, soonAt] = await Promise.all([late.woken, soon.woken]);
    clearInterval(open);
    assert.ok(soonAt <= lateAt);
    assert.ok(lateAt >= now + 40);
    assert.equal(wakeUps.size, 0);
  });

  it('can be cancelled', async () => {
    const wakeUps = new WakeUps(() => performance.now());
    const [gone, other] = [sleeper(), sleeper()];
    let woken = false;
    gone.pump = () => {
      woken = true;
    };
    const now = performance.now();
    wakeUps.set(gone, now + 5);
    wakeUps.set(other, now + 15);
    wakeUps.set(gone, undefined);
    const open = setInterval(() => undefined, 1000);
    await other.woken;
    clearInterval(open);
    assert.equal(woken, false);
  });
});
