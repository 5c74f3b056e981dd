import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReadList } from './read-list.js';
import type { Cell } from './table.js';

describe('the cells that a row reads', () => {
  const cells = Array.from({ length: 20 }, (_, index) => ({ key: String(index) }) as Cell);

  it('are listed once, in the order of the first read, for any number', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...cells), { maxLength: 40, size: 'max' }), (reads) => {
        const list = new ReadList();
        for (const cell of reads) list.add(cell);
        assert.deepEqual(list.cells, [...new Set(reads)]);
        for (const cell of cells) assert.equal(list.has(cell), reads.includes(cell));
      }),
    );
  });
});
