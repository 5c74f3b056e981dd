import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type CellFigures, type Figures, figuresOf, readFigures, toText } from './figures.js';
import { DOCUMENT, toMarkdown } from './report/document.js';
import { figureOf } from './report/lookup.js';
import type { CellResult, Results } from './results.js';

const QUESTION = { contender: 'serve', mode: 'delta', services: 10, clients: 5 } as const;

/** A run of one cell; `made`: how many of its changes came to all clients. */
function run(lastMs: number, made: number): CellResult {
  return {
    cell: { ...QUESTION, localities: 1, types: 'endpoints', changes: 20, churnPerSecond: 0 },
    startup: { wallMs: 1_234.5678, cpuSeconds: 1, rssMb: 100 },
    load: { cold: { complete: false, wallMs: 1 }, change: { made, lastMs, slowestMs: 1 }, failure: '' },
  } as unknown as CellResult;
}

function figures(cells: readonly CellResult[]): Figures {
  return figuresOf({ cells, floors: [], failures: ['secret'] } as unknown as Results);
}

describe('figures', () => {
  it('keep of each cell what the report needs, all its runs together', () => {
    const [cell, ...others] = figures([run(1, 20), run(2, 0), run(3, 20)]).cells as [CellFigures];
    assert.deepEqual(others, []);
    assert.deepEqual(cell.figures.lastMs, [1, null, 3]);
    assert.ok(!('coldWallMs' in cell.figures), 'no run has it');
    assert.ok(!('changes' in cell));
  });

  it('answer with the median of the runs that have one', () => {
    const measured = figures([run(1, 20), run(9, 0), run(3, 20), run(2, 20)]);
    assert.equal(figureOf(measured, QUESTION, 'lastMs'), 2);
    assert.equal(figureOf(measured, { ...QUESTION, localities: 8 }, 'lastMs'), undefined);
    assert.equal(figureOf(figures([run(1, 0)]), QUESTION, 'lastMs'), undefined);
  });

  it('are written with five digits and a line for each cell', () => {
    const text = toText(figures([run(1, 20)]));
    assert.deepEqual((JSON.parse(text) as Figures).cells[0]?.figures.startupSeconds, [1.2346]);
    assert.equal(text.split('\n').filter((line) => line.includes('"lastMs"')).length, 1);
    assert.ok(!text.includes('secret'));
  });
});

describe('docs/performance.md', () => {
  it('is what make bench-docs writes', () => {
    assert.equal(readFileSync(DOCUMENT, 'utf8'), toMarkdown(readFigures()));
  });
});
