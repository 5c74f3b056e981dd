import assert from 'node:assert/strict';
import { Graph, type Input, type Observation } from './index.js';

/** A graph with one table, and a function that sets rows of it in one commit. */
function numbersGraph(): {
  graph: Graph;
  numbers: Input<string, number>;
  set: (rows: Record<string, number | undefined>) => void;
} {
  const graph = new Graph();
  const numbers = graph.input<string, number>('numbers');
  const set = (rows: Record<string, number | undefined>): void =>
    graph.commit((tx) => {
      for (const [key, row] of Object.entries(rows))
        if (row === undefined) tx.delete(numbers, key);
        else tx.set(numbers, key, row);
    });
  return { graph, numbers, set };
}

describe('an observation', () => {
  it('reports a row after each commit that changed it', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    const observation = graph.observe(numbers, 'a', (row, key) => told.push([key, row]));
    set({ a: 1, b: 1 });
    set({ a: 1, b: 2 });
    set({ a: undefined });
    set({ a: 3 });
    const expected = [
      ['a', 1],
      ['a', undefined],
      ['a', 3],
    ];
    assert.deepEqual([told, observation.row], [expected, 3]);
    observation.close();
    set({ a: 4 });
    assert.deepEqual([told, observation.row], [expected, undefined]);
  });

  it('reports a row only when all rows are up to date', () => {
    const { graph, numbers, set } = numbersGraph();
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    const told: unknown[] = [];
    graph.observe(doubled, 'b', () => {});
    graph.observe(numbers, 'a', () => told.push([graph.read(numbers, 'b'), graph.read(doubled, 'b')]));
    set({ a: 1, b: 2 });
    assert.deepEqual(told, [[2, 4]]);
  });

  it('reports a row once for each observation', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: string[] = [];
    const [first] = ['x', 'y', 'z'].map((name) => graph.observe(numbers, 'a', () => told.push(name)));
    set({ a: 1 });
    first?.close();
    first?.close();
    set({ a: 2 });
    assert.deepEqual(told, ['x', 'y', 'z', 'y', 'z']);
  });

  it('opened by a listener reports later changes only', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    const opener = graph.observe(numbers, 'a', () => {
      opener.close();
      told.push(graph.observe(numbers, 'a', (row) => told.push(row)).row);
    });
    set({ a: 1 });
    assert.deepEqual(told, [1]);
    set({ a: 2 });
    assert.deepEqual(told, [1, 2]);
  });

  it('closed by a listener reports nothing more', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    const open: Observation<number>[] = [];
    const observe = (name: string): Observation<number> =>
      graph.observe(numbers, 'a', () => {
        told.push(name);
        for (const observation of open.splice(0)) observation.close();
      });
    open.push(observe('x'), observe('y'));
    set({ a: 1 });
    assert.deepEqual(told, ['x']);
  });

  it('may be opened and closed within a commit, before the change becomes visible', () => {
    const { graph, numbers, set } = numbersGraph();
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    set({ a: 1 });
    const told: unknown[] = [];
    graph.commit((tx) => {
      tx.set(numbers, 'a', 2);
      graph.observe(doubled, 'a', () => told.push('closed')).close();
      const observation = graph.observe(doubled, 'a', (row) => told.push(row));
      assert.equal(observation.row, 2);
    });
    assert.deepEqual(told, [4]);
  });
});

describe('a watch', () => {
  it('reports all rows that a commit changed at once', () => {
    const { graph, numbers, set } = numbersGraph();
    const doubled = graph.map('doubled', numbers, (number) => 2 * number);
    set({ a: 1, b: 1, c: 1 });
    const batches: unknown[] = [];
    const watch = graph.watch(doubled, (changes) => batches.push(Object.fromEntries(changes)));
    set({ a: 2, b: undefined, c: 1, d: 4 });
    set({ c: 1 });
    assert.deepEqual(batches, [{ a: 4, b: undefined, d: 8 }]);
    watch.close();
    watch.close();
    set({ a: 5 });
    assert.equal(batches.length, 1);
  });

  it('closed by a listener reports nothing more', () => {
    const { graph, numbers, set } = numbersGraph();
    const batches: unknown[] = [];
    const watch = graph.watch(numbers, (changes) => batches.push(changes));
    graph.observe(numbers, 'a', () => watch.close());
    set({ a: 1 });
    assert.deepEqual(batches, []);
  });
});

describe('a commit made by a listener', () => {
  it('is complete at once, and announced after the waiting listeners were notified', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    graph.observe(numbers, 'a', (row) => {
      told.push(['a', row]);
      set({ b: 10, c: 10 });
      assert.equal(graph.read(numbers, 'c'), 10);
      told.push('made');
    });
    graph.observe(numbers, 'c', (row) => told.push(['c', row]));
    graph.observe(numbers, 'b', (row) => told.push(['b', row]));
    graph.watch(numbers, (changes) => told.push(Object.fromEntries(changes)));
    set({ a: 1, b: 1 });
    assert.deepEqual(told, [['a', 1], 'made', ['b', 10], ['c', 10], { a: 1, b: 10, c: 10 }]);
  });

  it('made by a watch is announced in the next round', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    graph.watch(numbers, (changes) => {
      const [key = ''] = changes.keys();
      told.push(['first', ...changes]);
      if (key === 'a') set({ b: 2 });
    });
    graph.watch(numbers, (changes) => told.push(['second', ...changes]));
    graph.observe(numbers, 'b', (row) => told.push(['b', row]));
    set({ a: 1 });
    assert.deepEqual(told, [
      ['first', ['a', 1]],
      ['b', 2],
      ['first', ['b', 2]],
      ['second', ['a', 1], ['b', 2]],
    ]);
  });

  it('is followed by others, until nothing changes', () => {
    const { graph, numbers, set } = numbersGraph();
    graph.observe(numbers, 'a', (row = 0) => set({ a: Math.min(row + 1, 5) }));
    set({ a: 1 });
    assert.equal(graph.read(numbers, 'a'), 5);
  });
});

describe('a listener that throws', () => {
  it('does not prevent the notification of others, and fails the commit', () => {
    const { graph, numbers, set } = numbersGraph();
    const told: unknown[] = [];
    const fail = (): never => {
      throw new Error('no');
    };
    graph.observe(numbers, 'a', fail);
    graph.observe(numbers, 'a', (row) => told.push(row));
    const watch = graph.watch(numbers, fail);
    graph.watch(numbers, (changes) => told.push([...changes]));
    assert.throws(() => set({ a: 1 }), AggregateError);
    assert.deepEqual(told.splice(0), [1, [['a', 1]]]);
    watch.close();
    assert.throws(() => set({ a: 2 }), /^Error: no$/);
    assert.deepEqual(told, [2, [['a', 2]]]);
  });
});
