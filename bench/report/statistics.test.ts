import assert from 'node:assert/strict';
import { median, quantile } from './statistics.js';

describe('statistics', () => {
  it('give the median of values in any order, the lower one of two', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 3, 2]), 2);
    assert.equal(median([]), 0);
  });

  it('give the value that a share of all values does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.deepEqual(
      [0.01, 0.5, 0.99, 1].map((share) => quantile(values, share)),
      [1, 50, 99, 100],
    );
  });
});
