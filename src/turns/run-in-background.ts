/** Runs long work that nobody waits for: it gives way to everything else, but always comes to its end. */
import { setTimeout } from 'node:timers/promises';

/** Duration of one turn, in milliseconds. */
const TURN = 5;
/** A timer that is later than this many milliseconds shows that others use the event loop. */
const BUSY = 2;
/** The longest pause between two turns while the event loop is busy, in milliseconds. */
const LONGEST_PAUSE = 50;

/** Runs a generator to its end. Each step should be short. Does not keep the process alive. */
export async function runInBackground<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const end = performance.now() + TURN;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
    await pause();
  }
}

/** Returns when the event loop has nothing else to do, or after a time. */
async function pause(): Promise<void> {
  const began = performance.now();
  for (let [before, late] = [began, Infinity]; late > BUSY && before - began < LONGEST_PAUSE;) {
    await setTimeout(1, undefined, { ref: false });
    const now = performance.now();
    late = now - before - 1;
    before = now;
  }
}
