import assert from 'node:assert/strict';
import { ofOneMoment } from './of-one-moment.js';
import { runToEnd } from './run-to-end.js';

describe('work of one moment', () => {
  /** Reads a value twice, with a step in between. */
  function* readTwice(read: () => number): Generator<void, readonly number[]> {
    const first = read();
    yield;
    return [first, read()];
  }

  it('begins again after a change', () => {
    let now = 0;
    const steps = ofOneMoment(
      () => now,
      () => readTwice(() => now),
    );
    steps.next();
    now = 1;
    assert.deepEqual(runToEnd(steps), [1, 1]);
  });

  it('runs without a break if changes are faster', () => {
    let [now, yields] = [0, 0];
    const steps = ofOneMoment(
      () => now,
      () => readTwice(() => now),
    );
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        assert.deepEqual(step.value, [now, now]);
        break;
      }
      yields += 1;
      now += 1;
    }
    assert.equal(yields, 3);
  });

  it('has the result of its work', () => {
    assert.deepEqual(
      runToEnd(
        ofOneMoment(
          () => 0,
          () => readTwice(() => 7),
        ),
      ),
      [7, 7],
    );
  });
});
