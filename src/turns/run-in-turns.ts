/** Runs long work in short turns, so that streams and timers can run in between. */
import { setImmediate } from 'node:timers/promises';

/** Duration of one turn, in milliseconds. */
const TURN = 10;

/** Runs a generator to its end. Each step should be short. */
export async function runInTurns<Result>(steps: Generator<void, Result>): Promise<Result> {
  let end = performance.now() + TURN;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    await setImmediate();
    end = performance.now() + TURN;
  }
}
