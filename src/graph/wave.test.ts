import assert from 'node:assert/strict';
import { Graph, type Input, type KeyedTable, type Read } from './index.js';

interface Failing {
  readonly graph: Graph;
  readonly numbers: Input<string, number>;
  /** Square roots, of which there are none of negative numbers. */
  readonly roots: KeyedTable<string, number>;
  readonly errors: string[];
  readonly set: (key: string, number: number) => void;
}

function failing(): Failing {
  const errors: string[] = [];
  const graph = new Graph({ onError: (table, key, error) => errors.push(`${table} ${key}: ${String(error)}`) });
  const numbers = graph.input<string, number>('numbers');
  const roots = graph.map('roots', numbers, root);
  return { graph, numbers, roots, errors, set: (key, number) => graph.commit((tx) => tx.set(numbers, key, number)) };
}

function root(number: number): number {
  if (number < 0) throw new Error('no root');
  return Math.sqrt(number);
}

describe('a row that throws', () => {
  it('keeps its last value, is reported, and recovers', () => {
    const { graph, roots, errors, set } = failing();
    const told: unknown[] = [];
    graph.observe(roots, 'a', (row) => told.push(row));
    for (const number of [4, -1, 9]) set('a', number);
    assert.deepEqual(told, [2, 3]);
    assert.deepEqual(errors, ['roots a: Error: no root']);
  });

  it('has no value if it had none before', () => {
    const { graph, roots, set } = failing();
    set('a', -1);
    assert.deepEqual(graph.keys(roots), []);
    set('a', 16);
    assert.equal(graph.read(roots, 'a'), 4);
  });

  it('does not keep other rows from being computed', () => {
    const { graph, numbers, roots, set } = failing();
    const sum = graph.derive('sum', (read) => (read(roots, 'a') ?? 0) + (read(numbers, 'a') ?? 0));
    const observation = graph.observe(sum, '', () => {});
    set('a', 4);
    set('a', -1);
    assert.equal(observation.row, 2 - 1);
  });

  it('recovers when a row changes that it read before it threw', () => {
    const { graph, numbers } = failing();
    const positive = graph.derive('positive', (read, key) => {
      const number = read(numbers, key) ?? 0;
      if (number < 0) throw new Error(`${number}`);
      return number + (read(numbers, 'other') ?? 0);
    });
    const observation = graph.observe(positive, 'a', () => {});
    const set = (rows: Record<string, number>): void =>
      graph.commit((tx) => {
        for (const [key, row] of Object.entries(rows)) tx.set(numbers, key, row);
      });
    set({ a: 1, other: 10 });
    set({ a: -1, other: 20 });
    assert.equal(observation.row, 11);
    const before = graph.computed().get('positive');
    set({ other: 30 });
    assert.equal(graph.computed().get('positive'), before);
    set({ a: 2 });
    assert.equal(observation.row, 32);
  });

  it('fails the commit at its end if there is no handler of errors', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const roots = graph.map('roots', numbers, root);
    const told: unknown[] = [];
    graph.observe(roots, 'b', (row) => told.push(row));
    const set = (a: number, b: number): void =>
      graph.commit((tx) => {
        tx.set(numbers, 'a', a);
        tx.set(numbers, 'b', b);
      });
    assert.throws(() => set(-1, 4), {
      message: 'the row a of roots could not be computed',
      cause: new Error('no root'),
    });
    assert.deepEqual(told, [2]);
    assert.throws(() => set(-2, -2), AggregateError);
    set(1, 9);
    assert.deepEqual(told, [2, 3]);
    assert.equal(graph.read(roots, 'a'), 1);
  });

  it('fails the first read, and leaves nothing behind', () => {
    const graph = new Graph();
    const roots = graph.derive('roots', (_read, key) => root(Number(key)));
    assert.throws(() => graph.read(roots, '-1'), /the row -1 of roots/);
    assert.throws(() => graph.observe(roots, '-1', () => {}), /the row -1 of roots/);
    assert.equal(graph.read(roots, '4'), 2);
    assert.equal(graph.size().get('roots'), 0);
  });

  it('does not fail the changes of a listener in the same commit', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    graph.map('roots', numbers, root);
    const told: unknown[] = [];
    graph.observe(numbers, 'a', () => told.push(graph.read(numbers, 'a')));
    assert.throws(() => graph.commit((tx) => tx.set(numbers, 'a', -1)), /could not be computed/);
    assert.deepEqual(told, [-1]);
  });

  it('may be compared by an equality that throws, and then counts as changed', () => {
    const errors: unknown[] = [];
    const graph = new Graph({ onError: (...error) => errors.push(error) });
    const fail = (): never => {
      throw new Error('no');
    };
    const numbers = graph.input<string, number>('numbers', fail);
    const copies = graph.map('copies', numbers, (number) => number, fail);
    for (const number of [1, 2]) graph.commit((tx) => tx.set(numbers, 'a', number));
    assert.equal(graph.read(copies, 'a'), 2);
    assert.equal(errors.length, 2);
  });

  it('may throw when it is grouped, and then stays in its groups', () => {
    const errors: unknown[] = [];
    const graph = new Graph({ onError: (table, key) => errors.push([table, key]) });
    const numbers = graph.input<string, number>('numbers');
    const byRoot = graph.index('byRoot', numbers, (number) => [`${root(number)}`]);
    for (const number of [4, -1]) graph.commit((tx) => tx.set(numbers, 'a', number));
    assert.deepEqual(graph.read(byRoot, '2'), ['a']);
    graph.commit((tx) => tx.set(numbers, 'a', 9));
    assert.deepEqual([graph.read(byRoot, '2'), graph.read(byRoot, '3')], [undefined, ['a']]);
    assert.deepEqual(errors, [['byRoot', 'a']]);
  });
});

describe('a row that is being computed', () => {
  const forbidden: Record<string, (graph: Graph, numbers: Input<string, number>) => unknown> = {
    commit: (graph) => graph.commit(() => {}),
    read: (graph, numbers) => graph.read(numbers, 'a'),
    observe: (graph, numbers) => graph.observe(numbers, 'a', () => {}),
    watch: (graph, numbers) => graph.watch(numbers, () => {}),
    keys: (graph, numbers) => graph.keys(numbers),
    'declaration of a table': (graph) => graph.input('late'),
  };
  for (const [name, use] of Object.entries(forbidden)) {
    it(`cannot use the graph outside of its reads: ${name}`, () => {
      const errors: string[] = [];
      const graph = new Graph({ onError: (_table, _key, error) => errors.push(String(error)) });
      const numbers = graph.input<string, number>('numbers');
      const derived = graph.derive('derived', (read) => {
        read(numbers, 'a');
        use(graph, numbers);
      });
      graph.observe(derived, '', () => {});
      graph.commit((tx) => tx.set(numbers, 'a', 1));
      const message = 'Error: a row may use nothing but what it is given to compute with';
      assert.deepEqual(errors, [message, message]);
    });
  }

  it('cannot close observations', () => {
    const errors: string[] = [];
    const graph = new Graph({ onError: (_table, _key, error) => errors.push(String(error)) });
    const numbers = graph.input<string, number>('numbers');
    const observation = graph.observe(numbers, 'a', () => {});
    const derived = graph.derive('derived', () => observation.close());
    graph.read(derived, '');
    assert.match(errors[0] ?? '', /nothing but what it is given/);
  });

  it('cannot use the graph while it is grouped', () => {
    const errors: string[] = [];
    const graph = new Graph({ onError: (_table, _key, error) => errors.push(String(error)) });
    const numbers = graph.input<string, number>('numbers');
    graph.index('groups', numbers, (_number, key) => [`${graph.read(numbers, key) ?? 0}`]);
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    assert.match(errors[0] ?? '', /nothing but what it is given/);
  });

  it('cannot be read later', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const kept: Read[] = [];
    const derived = graph.derive('derived', (read) => kept.push(read));
    graph.read(derived, 'a');
    assert.throws(() => kept[0]?.(numbers, 'a'), /the row a of derived is computed already/);
  });
});
