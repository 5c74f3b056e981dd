import assert from 'node:assert/strict';
import { Graph } from './index.js';

describe('a union', () => {
  it('has the rows of all its sources', () => {
    const graph = new Graph();
    const cats = graph.input<string, string>('cats');
    const dogs = graph.map('dogs', graph.input<string, string>('names'), (name) => `dog ${name}`);
    const pets = graph.union('pets', [cats, dogs]);
    const all = graph.index('all', pets, () => ['']);
    graph.commit((tx) => tx.set(cats, 'tom', 'cat Tom'));
    assert.deepEqual(graph.read(all, ''), ['tom']);
    assert.equal(graph.read(pets, 'tom'), 'cat Tom');
    graph.commit((tx) => tx.delete(cats, 'tom'));
    assert.equal(graph.read(all, ''), undefined);
    assert.equal(graph.size().get('pets'), 0);
  });

  it('uses the row of the first source that has one, in any order of changes', () => {
    const graph = new Graph();
    const second = graph.input<string, string>('second');
    const first = graph.input<string, string>('first');
    const both = graph.union('both', [first, second]);
    const told: unknown[] = [];
    graph.observe(both, 'a', (row) => told.push(row));
    graph.commit((tx) => tx.set(second, 'a', '2'));
    graph.commit((tx) => tx.set(first, 'a', '1'));
    graph.commit((tx) => tx.set(second, 'a', '2b'));
    graph.commit((tx) => tx.delete(first, 'a'));
    graph.commit((tx) => tx.delete(second, 'a'));
    assert.deepEqual(told, ['2', '1', '2b', undefined]);
  });

  it('reports nothing when an equal row of another source is used', () => {
    const graph = new Graph();
    const first = graph.input<string, { name: string }>('first');
    const second = graph.input<string, { name: string }>('second');
    const both = graph.union('both', [first, second]);
    graph.commit((tx) => tx.set(first, 'a', { name: 'x' }));
    let told = 0;
    graph.watch(both, () => (told += 1));
    graph.commit((tx) => {
      tx.delete(first, 'a');
      tx.set(second, 'a', { name: 'x' });
    });
    assert.equal(told, 0);
    assert.deepEqual(graph.read(both, 'a'), { name: 'x' });
  });
});
