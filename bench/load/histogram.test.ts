import assert from 'node:assert/strict';
import { Histogram } from './histogram.js';

describe('a histogram of delays', () => {
  it('gives the delay that a share of all delays does not exceed', () => {
    const histogram = new Histogram(1_000);
    for (let ms = 1; ms <= 100; ms += 1) histogram.add(ms);
    assert.deepEqual(
      [0.5, 0.99, 1].map((share) => Math.round(histogram.quantile(share))),
      [50, 99, 100],
    );
    assert.deepEqual([histogram.total, histogram.max], [100, 100]);
  });

  it('counts longer delays in its last step and shorter ones in its first', () => {
    const histogram = new Histogram(10);
    histogram.add(500);
    histogram.add(-1);
    assert.equal(Math.round(histogram.quantile(1)), 10);
    assert.equal(histogram.quantile(0.5), 0);
  });

  it('gives 0 without delays', () => assert.equal(new Histogram(10).quantile(0.99), 0));
});
