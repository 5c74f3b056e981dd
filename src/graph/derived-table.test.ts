import assert from 'node:assert/strict';
import { Graph, type Table } from './index.js';

/** What the commit computed, by table. */
function computedBy(graph: Graph, run: () => void): Record<string, number> {
  const before = graph.computed();
  run();
  const counts = [...graph.computed()].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

describe('a derived table', () => {
  it('computes a row on demand only', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    assert.equal(graph.computed().get('doubled'), undefined);
    assert.equal(graph.read(doubled, 'a'), 2);
    assert.equal(graph.computed().get('doubled'), 1);
  });

  it('keeps a row while it is observed', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    const observation = graph.observe(doubled, 'a', () => {});
    assert.equal(observation.row, 0);
    assert.deepEqual(
      computedBy(graph, () => graph.commit((tx) => tx.set(numbers, 'a', 1))),
      { doubled: 1 },
    );
    assert.deepEqual(
      computedBy(graph, () => graph.read(doubled, 'a')),
      {},
    );
    assert.equal(observation.row, 2);
  });

  it('recomputes only rows that read a changed row', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    for (const key of ['a', 'b', 'c']) graph.observe(doubled, key, () => {});
    assert.deepEqual(
      computedBy(graph, () => graph.commit((tx) => tx.set(numbers, 'b', 1))),
      { doubled: 1 },
    );
  });

  it('stops the propagation at an equal row, and keeps the earlier object', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const signs = graph.derive('signs', (read, key) => ({ positive: (read(numbers, key) ?? 0) > 0 }));
    const labels = graph.derive('labels', (read, key) => (read(signs, key)?.positive === true ? '+' : '-'));
    graph.observe(labels, 'a', () => {});
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    const before = graph.read(signs, 'a');
    const counts = computedBy(graph, () => graph.commit((tx) => tx.set(numbers, 'a', 2)));
    assert.deepEqual(counts, { signs: 1 });
    assert.equal(graph.read(signs, 'a'), before);
  });

  it('computes the end of a diamond once, from settled rows only', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const left = graph.derive('left', (read, key) => (read(numbers, key) ?? 0) + 1);
    const right = graph.derive('right', (read, key) => (read(left, key) ?? 0) * 10);
    const seen: unknown[] = [];
    const end = graph.derive('end', (read, key) => {
      const row = [read(left, key), read(right, key), read(numbers, key)];
      seen.push(row);
      return row;
    });
    graph.observe(end, 'a', () => {});
    const counts = computedBy(graph, () => graph.commit((tx) => tx.set(numbers, 'a', 1)));
    assert.deepEqual(counts, { left: 1, right: 1, end: 1 });
    assert.deepEqual(seen.at(-1), [2, 20, 1]);
  });

  it('depends on the last reads, not on earlier ones', () => {
    const graph = new Graph();
    const choice = graph.input<string, string>('choice');
    const numbers = graph.input<string, number>('numbers');
    const chosen = graph.derive('chosen', (read) => read(numbers, read(choice, '') ?? 'a'));
    const observation = graph.observe(chosen, '', () => {});
    const set = (key: string, number: number): Record<string, number> =>
      computedBy(graph, () => graph.commit((tx) => tx.set(numbers, key, number)));
    assert.deepEqual([set('a', 1), set('b', 2)], [{ chosen: 1 }, {}]);
    graph.commit((tx) => tx.set(choice, '', 'b'));
    assert.equal(observation.row, 2);
    assert.deepEqual([set('a', 3), set('b', 4)], [{}, { chosen: 1 }]);
    assert.equal(observation.row, 4);
  });

  it('computes a row that a commit reads first from the changed rows', () => {
    const graph = new Graph();
    const choice = graph.input<string, string>('choice');
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    const chosen = graph.derive('chosen', (read) => read(doubled, read(choice, '') ?? 'none'));
    const observation = graph.observe(chosen, '', () => {});
    const counts = computedBy(graph, () =>
      graph.commit((tx) => {
        tx.set(choice, '', 'a');
        tx.set(numbers, 'a', 21);
      }),
    );
    assert.equal(observation.row, 42);
    assert.deepEqual(counts, { doubled: 1, chosen: 1 });
  });

  it('is recomputed when a missing row is added or removed', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const known = graph.derive('known', (read, key) => read(numbers, key) !== undefined);
    const told: unknown[] = [];
    graph.observe(known, 'a', (row) => told.push(row));
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    graph.commit((tx) => tx.delete(numbers, 'a'));
    assert.deepEqual(told, [true, false]);
  });
});

describe('a mapped table', () => {
  it('has a row for each row of its source, even if nobody reads it', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const roots = graph.map('roots', numbers, (number, _read, key) =>
      number < 0 ? undefined : `${key}: ${Math.sqrt(number)}`,
    );
    graph.commit((tx) => {
      tx.set(numbers, 'a', 4);
      tx.set(numbers, 'b', -4);
    });
    assert.deepEqual(graph.keys(roots), ['a']);
    assert.equal(graph.read(roots, 'a'), 'a: 2');
    graph.commit((tx) => {
      tx.set(numbers, 'b', 9);
      tx.delete(numbers, 'a');
    });
    assert.deepEqual(graph.keys(roots), ['b']);
    graph.commit((tx) => tx.set(numbers, 'b', -1));
    assert.deepEqual(graph.keys(roots), []);
  });

  it('can be the source of another table', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const even = graph.map('even', numbers, (number) => (number % 2 === 0 ? number : undefined));
    const halves = graph.map('halves', even, (number) => number / 2);
    for (const [number, keys] of [
      [4, ['a']],
      [3, []],
      [6, ['a']],
    ] as const) {
      graph.commit((tx) => tx.set(numbers, 'a', number));
      assert.deepEqual(graph.keys(halves), keys);
    }
    assert.equal(graph.read(halves, 'a'), 3);
    assert.deepEqual(Object.fromEntries(graph.size()), { numbers: 1, even: 1, halves: 1 });
  });

  it('has a row that was read before its source existed', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.map('doubled', numbers, (number) => 2 * number);
    const told: unknown[] = [];
    const observation = graph.observe(doubled, 'a', (row) => told.push(row));
    const counts = computedBy(graph, () => graph.commit((tx) => tx.set(numbers, 'a', 1)));
    assert.deepEqual(counts, { doubled: 1 });
    observation.close();
    assert.deepEqual(graph.keys(doubled), ['a']);
    graph.commit((tx) => tx.set(numbers, 'a', 2));
    assert.equal(graph.read(doubled, 'a'), 4);
    assert.deepEqual(told, [2]);
  });

  it('drops an observed row when its source is removed, and restores it', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.map('doubled', numbers, (number) => 2 * number);
    const keys = graph.index('keys', doubled, () => ['']);
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    const told: unknown[] = [];
    graph.observe(doubled, 'a', (row) => told.push(row));
    graph.commit((tx) => tx.delete(numbers, 'a'));
    assert.equal(graph.read(keys, ''), undefined);
    graph.commit((tx) => tx.set(numbers, 'a', 3));
    assert.deepEqual(graph.read(keys, ''), ['a']);
    assert.deepEqual(told, [undefined, 6]);
  });

  it('can read other tables', () => {
    const graph = new Graph();
    const factor = graph.input<string, number>('factor');
    const numbers = graph.input<string, number>('numbers');
    const products = graph.map('products', numbers, (number, read) => number * (read(factor, '') ?? 1));
    graph.commit((tx) => {
      tx.set(numbers, 'a', 3);
      tx.set(numbers, 'b', 0);
    });
    const changes: unknown[] = [];
    graph.watch(products, (rows) => changes.push([...rows]));
    graph.commit((tx) => tx.set(factor, '', 5));
    assert.deepEqual(changes, [[['a', 15]]]);
  });
});

describe('the order of declaration', () => {
  it('forbids reading later tables, and the table itself', () => {
    const graph = new Graph();
    const later: Table<string, number>[] = [];
    const early = graph.derive('early', (read) => read(later[0]!, ''));
    assert.throws(
      () => {
        later[0] = early;
        graph.read(early, '');
      },
      ({ cause }: Error) => (cause as Error).message === 'early reads early, which is not declared before it',
    );
    later[0] = graph.derive('late', () => 1);
    assert.throws(() => graph.read(early, ''), /could not be computed/);
    assert.deepEqual(graph.size().get('early'), 0);
  });

  it('applies to a single graph', () => {
    const foreign = new Graph().input<string, number>('foreign');
    const graph = new Graph();
    graph.input('own');
    const derived = graph.derive('derived', (read) => read(foreign, ''));
    assert.throws(
      () => graph.read(derived, ''),
      ({ cause }: Error) => (cause as Error).message.includes('belongs to another graph'),
    );
    assert.throws(() => graph.read(foreign, ''), /belongs to another graph/);
  });
});
