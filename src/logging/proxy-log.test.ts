import assert from 'node:assert/strict';
import type { NodeFinding } from '../control-plane/api/api.js';
import { capturedTerminal } from '../testing/captured-terminal.js';
import { proxy } from '../testing/fake-control-plane.js';
import { createLogger } from './logger.js';
import { createProxyLog } from './proxy-log.js';

const lost: NodeFinding = { severity: 'warning', code: 'NodeWithoutLocality', message: 'No locality.' };

describe('createProxyLog', () => {
  function proxyLog() {
    const terminal = capturedTerminal();
    const log = createProxyLog(createLogger({ level: 'info', stream: terminal.stderr, pretty: false, color: false }));
    let seen = 0;
    const lines = () => {
      const all = terminal.err().split('\n').slice(0, -1);
      const fresh = all
        .slice(seen)
        .map((line) => JSON.parse(line) as { readonly level: number; readonly node?: string; readonly msg: string });
      seen = all.length;
      return fresh.map(({ level, node, msg }) => [level, node, msg]);
    };
    return { log, lines };
  }

  it('warns once, and logs when the finding is resolved', () => {
    const { lines, log } = proxyLog();
    log([proxy({ id: 'a', findings: [lost] }), proxy({ id: 'b' })]);
    assert.deepEqual(lines(), [[40, 'a', 'No locality.']]);
    log([proxy({ id: 'a', findings: [lost] }), proxy({ id: 'b' })]);
    assert.deepEqual(lines(), []);
    log([proxy({ id: 'a' }), proxy({ id: 'b' })]);
    assert.deepEqual(lines(), [[30, 'a', 'resolved: No locality.']]);
  });

  it('logs nothing about a disconnected proxy, and warns again when it is back', () => {
    const { lines, log } = proxyLog();
    log([proxy({ id: 'a', findings: [lost] })]);
    lines();
    log([]);
    assert.deepEqual(lines(), []);
    log([proxy({ id: 'a', findings: [lost] })]);
    assert.equal(lines().length, 1);
  });

  it('warns of a shared id once for all proxies with it, while they connect and disconnect', () => {
    const { lines, log } = proxyLog();
    const shared = (message: string): NodeFinding => ({ severity: 'warning', code: 'DuplicateNodeId', message });
    log([proxy({ findings: [shared('two')] }), proxy({ findings: [shared('two')] })]);
    assert.equal(lines().length, 1);
    log([1, 2, 3].map(() => proxy({ findings: [shared('three')] })));
    assert.deepEqual(lines(), []);
  });

  it('names some of many proxies', () => {
    const { lines, log } = proxyLog();
    log(Array.from({ length: 100 }, (_, index) => proxy({ id: String(index), findings: [lost] })));
    const told = lines();
    assert.equal(told.length, 21);
    assert.match(String(told.at(-1)?.[2]), /^80 more proxies have the finding NodeWithoutLocality/);
  });
});
