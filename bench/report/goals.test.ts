import assert from 'node:assert/strict';
import { type Figures, figuresOf } from '../figures.js';
import type { CellResult, Results } from '../results.js';
import { goals, goalsByRun } from './goals.js';

const size = { services: 1_000, clients: 500 };

/** A cell whose changes took that long to the last client. */
function cell(contender: string, lastMs: number): CellResult {
  return {
    cell: { ...size, contender, mode: 'sotw', localities: 1, types: 'endpoints' },
    startup: {},
    load: { cold: { complete: false }, change: { made: 20, lastMs, serverCpuMs: 1, wireBytes: 1 }, failure: '' },
  } as unknown as CellResult;
}

function results(cells: readonly CellResult[], runs: number): Figures {
  const all = { extent: 'default', runs, cells, idle: [], floors: [], processes: [], failures: [] };
  return figuresOf(all as unknown as Results);
}

describe('goals', () => {
  it('are compared with the medians and with each run', () => {
    const measured = results(
      [
        cell('serve', 10),
        cell('snapshot', 900),
        cell('linear', 150),
        cell('serve', 20),
        cell('linear', 150),
        cell('serve', 12),
        cell('linear', 150),
      ],
      3,
    );
    const [faster, snapshot] = goals(measured);
    assert.deepEqual([faster?.got, faster?.met], ['12.5 ×', true]);
    assert.equal(snapshot?.met, true);
    // 150 against 20 is too little; what was measured once counts for every run: 900 against 20 is too little, too.
    assert.deepEqual(goalsByRun(measured).slice(0, 2), ['2 of 3', '2 of 3']);
  });

  it('are undecided without figures', () => {
    assert.deepEqual(new Set(goalsByRun(results([], 2))), new Set(['–']));
  });
});
