import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { type Change, logChange } from './change-log.js';

function logged(change: Partial<Change>): readonly Readonly<Record<string, unknown>>[] {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  logChange(pino({ base: null, timestamp: false }, stream), {
    added: [],
    changed: [],
    removed: [],
    collections: 0,
    ...change,
  });
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('change log', () => {
  it('contains what changed, and for how many', () => {
    const change = {
      added: [{ kind: 'Pod', namespace: 'ns', name: 'a', cluster: 'east' }],
      changed: [{ kind: 'Node', namespace: '', name: 'b' }],
      removed: [{ kind: 'Pod', namespace: 'ns', name: 'c' }],
      collections: 3,
    };
    assert.deepEqual(logged(change), [
      {
        level: 30,
        ...{ added: 1, changed: 1, removed: 1, kinds: { Pod: 2, Node: 1 }, collections: 3 },
        names: ['added Pod ns/a of east', 'changed Node b', 'removed Pod ns/c'],
        msg: 'applied a change',
      },
    ]);
  });

  it('names only a few', () => {
    const changed = Array.from({ length: 1_000 }, (_, i) => ({ kind: 'Pod', namespace: 'ns', name: String(i) }));
    const [line] = logged({ changed });
    assert.deepEqual(
      [line?.['changed'], (line?.['names'] as readonly string[]).length, line?.['more']],
      [1_000, 10, 990],
    );
  });

  it('logs nothing without a change', () => assert.deepEqual(logged({}), []));
});
