import assert from 'node:assert/strict';
import { finding } from '../testing/fake-control-plane.js';
import { capturedTerminal } from '../testing/captured-terminal.js';
import { createFindingLog } from './finding-log.js';
import { createLogger } from './logger.js';

describe('createFindingLog', () => {
  function findingLog() {
    const terminal = capturedTerminal();
    const log = createFindingLog(createLogger({ level: 'info', stream: terminal.stderr, pretty: false, color: false }));
    let seen = 0;
    const lines = () => {
      const all = terminal.err().split('\n').slice(0, -1);
      const fresh = all.slice(seen).map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string });
      seen = all.length;
      return fresh.map(({ level, msg }) => [level, msg]);
    };
    return { log, lines };
  }

  it('logs a finding when it appears and when it is resolved', () => {
    const { lines, log } = findingLog();
    const warning = finding({ severity: 'warning', message: 'B' });
    log(new Map([['a', [finding({ message: 'A' }), warning]]]));
    assert.deepEqual(lines(), [
      [50, 'A'],
      [40, 'B'],
    ]);
    log(new Map([['a', [warning]]]));
    assert.deepEqual(lines(), [[30, 'resolved: A']]);
    log(new Map([['a', [finding({ message: 'A' })]]]));
    assert.deepEqual(lines(), [
      [50, 'A'],
      [30, 'resolved: B'],
    ]);
  });

  it('does not repeat a finding, even if it has moved', () => {
    const { lines, log } = findingLog();
    log(new Map([['a', [finding()]]]));
    lines();
    log(new Map([['a', [finding({ line: 99, column: 1 })]]]));
    assert.deepEqual(lines(), []);
  });
});
