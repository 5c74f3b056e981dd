import assert from 'node:assert/strict';
import { type KeyedTable, Graph, type Input } from './index.js';

/** Pets by name, from households that list them as `name: kind`. */
function petsOf(graph: Graph): {
  households: Input<string, Record<string, string>>;
  pets: KeyedTable<string, { kind: string; home: string }>;
} {
  const households = graph.input<string, Record<string, string>>('households');
  const pets = graph.expand('pets', households, (household, _read, home) =>
    Object.entries(household).map(([name, kind]) => [name, { kind, home }] as const),
  );
  return { households, pets };
}

describe('an expanded table', () => {
  it('has all rows that the rows of its source contain', () => {
    const graph = new Graph();
    const { households, pets } = petsOf(graph);
    const byKind = graph.index('byKind', pets, ({ kind }) => [kind]);
    graph.commit((tx) => {
      tx.set(households, 'h1', { tom: 'cat', rex: 'dog' });
      tx.set(households, 'h2', {});
      tx.set(households, 'h3', { kit: 'cat' });
    });
    assert.deepEqual(graph.keys(pets), ['kit', 'rex', 'tom']);
    assert.deepEqual(graph.read(byKind, 'cat'), ['kit', 'tom']);
    graph.commit((tx) => tx.set(households, 'h1', { tom: 'lion' }));
    assert.deepEqual(graph.keys(pets), ['kit', 'tom']);
    assert.deepEqual(graph.read(pets, 'tom'), { kind: 'lion', home: 'h1' });
    graph.commit((tx) => tx.delete(households, 'h1'));
    assert.deepEqual(graph.keys(pets), ['kit']);
  });

  it('expands only changed rows, and stops the propagation at equal rows', () => {
    const graph = new Graph();
    const { households, pets } = petsOf(graph);
    graph.map('labels', pets, ({ kind, home }) => `${kind} at ${home}`);
    graph.commit((tx) => {
      tx.set(households, 'h1', { tom: 'cat', rex: 'dog' });
      tx.set(households, 'h2', { kit: 'cat' });
    });
    const told: unknown[] = [];
    graph.watch(pets, (changes) => told.push([...changes.keys()]));
    graph.commit((tx) => tx.set(households, 'h1', { rex: 'dog', tom: 'lion' }));
    assert.deepEqual(told, [['tom']]);
    assert.deepEqual(Object.fromEntries(graph.computed()), { pets: 3, labels: 4 });
  });

  it('accepts maps and pairs, and uses the last pair of a key', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const maps = graph.expand('maps', numbers, (number) => new Map([[`${number}`, number]]));
    const pairs = graph.expand('pairs', numbers, function* (number, read) {
      yield [`${number}`, 0] as const;
      yield [`${number}`, read(maps, `${number}`)] as const;
    });
    graph.commit((tx) => tx.set(numbers, 'a', 7));
    assert.deepEqual([graph.read(maps, '7'), graph.read(pairs, '7')], [7, 7]);
  });

  it('uses the row with the first source key, in any order of changes', () => {
    const graph = new Graph();
    const { households, pets } = petsOf(graph);
    const homes: unknown[] = [];
    graph.observe(pets, 'tom', (row) => homes.push(row?.home));
    graph.commit((tx) => tx.set(households, 'h2', { tom: 'cat' }));
    graph.commit((tx) => tx.set(households, 'h3', { tom: 'cat' }));
    graph.commit((tx) => tx.set(households, 'h1', { tom: 'cat' }));
    graph.commit((tx) => tx.set(households, 'h2', { tom: 'dog' }));
    graph.commit((tx) => {
      tx.set(households, 'h1', {});
      tx.delete(households, 'h2');
    });
    graph.commit((tx) => tx.delete(households, 'h3'));
    assert.deepEqual(homes, ['h2', 'h1', 'h3', undefined]);
  });

  it('moves a row from one source row to another without removing it', () => {
    const graph = new Graph();
    const { households, pets } = petsOf(graph);
    graph.commit((tx) => tx.set(households, 'h1', { tom: 'cat' }));
    const told: unknown[] = [];
    graph.watch(pets, (changes) => told.push(...changes));
    graph.commit((tx) => {
      tx.delete(households, 'h1');
      tx.set(households, 'h2', { tom: 'cat' });
    });
    assert.deepEqual(told, [['tom', { kind: 'cat', home: 'h2' }]]);
  });

  it('keeps the last rows of a source row that cannot be expanded', () => {
    const errors: unknown[] = [];
    const graph = new Graph({ onError: (table, key, error) => errors.push([table, key, (error as Error).message]) });
    const words = graph.input<string, string>('words');
    const letters = graph.expand('letters', words, function* (word) {
      for (const letter of word) {
        if (letter === '!') throw new Error('no letter');
        yield [letter, word] as const;
      }
    });
    graph.commit((tx) => tx.set(words, 'a', 'hi'));
    graph.commit((tx) => tx.set(words, 'a', 'ho!'));
    assert.deepEqual(graph.keys(letters), ['h', 'i']);
    assert.deepEqual(errors, [['letters', 'a', 'no letter']]);
    graph.commit((tx) => tx.set(words, 'a', 'ho'));
    assert.deepEqual(graph.keys(letters), ['h', 'o']);
  });

  it('drops everything when its source is empty', () => {
    const graph = new Graph();
    const { households, pets } = petsOf(graph);
    graph.commit((tx) => tx.set(households, 'h1', { tom: 'cat', rex: 'dog' }));
    assert.equal(graph.size().get('pets'), 3);
    const observation = graph.observe(pets, 'tom', () => {});
    graph.commit((tx) => tx.delete(households, 'h1'));
    assert.equal(graph.size().get('pets'), 1);
    observation.close();
    assert.equal(graph.size().get('pets'), 0);
  });
});
