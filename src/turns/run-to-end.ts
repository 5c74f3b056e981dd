/** Runs work that is divided into steps without a break. */
export function runToEnd<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
