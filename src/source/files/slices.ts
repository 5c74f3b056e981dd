/** Runs long work in slices, so that the streams and timers of the process are served in between. */
import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work between two chances for others to run. */
const SLICE = 10;

/** Runs a generator to its end. Each of its steps should be short. */
export async function runInSlices<Result>(steps: Generator<void, Result>): Promise<Result> {
  let end = performance.now() + SLICE;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    await setImmediate();
    end = performance.now() + SLICE;
  }
}
