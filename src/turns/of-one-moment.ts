/** Work in steps whose result must be of one moment, although changes are applied between the steps. */
import { runToEnd } from './run-to-end.js';

/** How often work begins again because of a change, before it runs without a break. */
const MAX_ATTEMPTS = 3;

/**
 * The steps of `work`, which begins again when `moment` has changed between two of them. If changes come faster than the work ends, it
 * runs without a break.
 *
 * @param moment a value that differs after each change
 */
export function* ofOneMoment<Result>(
  moment: () => unknown,
  work: () => Generator<void, Result>,
): Generator<void, Result> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const [before, steps] = [moment(), work()];
    for (let step = steps.next(); moment() === before; step = steps.next()) {
      if (step.done === true) return step.value;
      yield;
    }
  }
  return runToEnd(work());
}
