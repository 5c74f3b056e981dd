/** Checks that the reference of the resources corresponds to proto/. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pagesOf, writtenPages } from './docs.mjs';

describe('docs/resources', () => {
  it('equals the output of make docs', () => {
    const [expected, written] = [pagesOf(), writtenPages()];
    assert.deepEqual([...written.keys()].sort(), [...expected.keys()].sort(), 'run make docs');
    for (const [name, text] of expected) assert.equal(written.get(name), text, `${name} is out of date: run make docs`);
  });
});
