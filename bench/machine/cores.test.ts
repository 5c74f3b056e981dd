import assert from 'node:assert/strict';
import { parseCores } from './cores.js';

describe('a list of cores', () => {
  it('consists of numbers and ranges', () => {
    assert.deepEqual(parseCores(' 0-2,5\n'), [0, 1, 2, 5]);
    assert.deepEqual(parseCores('3'), [3]);
  });
});
