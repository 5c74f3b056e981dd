import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createClusterLog } from './cluster-log.js';

describe('the log about clusters', () => {
  it('tells each problem once, and its end', () => {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) });
    const tell = createClusterLog(logger);
    tell([{ path: 'kubernetes/east' }, { path: 'kubernetes/west', problem: 'gone.' }]);
    tell([{ path: 'kubernetes/east' }, { path: 'kubernetes/west', problem: 'gone.' }]);
    tell([{ path: 'kubernetes/east' }, { path: 'kubernetes/west', problem: 'frozen.' }]);
    tell([{ path: 'kubernetes/east' }, { path: 'kubernetes/west' }]);
    tell([{ path: 'kubernetes/east' }, { path: 'kubernetes/west' }]);
    assert.deepEqual(lines, ['gone.', 'frozen.', 'kubernetes/west is followed again']);
  });
});
