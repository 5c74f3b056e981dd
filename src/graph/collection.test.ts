import assert from 'node:assert/strict';
import { Graph } from './index.js';

/** What a graph keeps, without empty tables. */
function kept(graph: Graph): Record<string, number> {
  return Object.fromEntries([...graph.size()].filter(([, size]) => size > 0));
}

describe('a row that nobody needs any more', () => {
  it('is dropped with the last observation, including missing rows that it read', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    const sum = graph.derive('sum', (read) => (read(doubled, 'a') ?? 0) + (read(doubled, 'b') ?? 0));
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    const first = graph.observe(sum, '', () => {});
    const second = graph.observe(doubled, 'a', () => {});
    assert.deepEqual(kept(graph), { numbers: 2, doubled: 2, sum: 1 });
    first.close();
    assert.deepEqual(kept(graph), { numbers: 1, doubled: 1 });
    second.close();
    assert.deepEqual(kept(graph), { numbers: 1 });
    graph.commit((tx) => tx.delete(numbers, 'a'));
    assert.deepEqual(kept(graph), {});
  });

  it('is not computed any more', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    graph.observe(doubled, 'a', () => {}).close();
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    assert.equal(graph.computed().get('doubled'), 1);
  });

  it('is dropped after a single read', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const byValue = graph.index<string, number, string>('byValue', numbers, (number) => [`${number}`]);
    const count = graph.derive('count', (read, key) => read(byValue, key)?.length ?? 0);
    assert.equal(graph.read(count, '1'), 0);
    assert.equal(graph.read(byValue, '1'), undefined);
    assert.equal(graph.read(numbers, '1'), undefined);
    assert.deepEqual(kept(graph), {});
  });

  it('is dropped when the last reader reads other rows', () => {
    const graph = new Graph();
    const choice = graph.input<string, string>('choice');
    const doubled = graph.derive('doubled', (_read, key) => 2 * Number(key));
    const chosen = graph.derive('chosen', (read) => read(doubled, read(choice, '') ?? '0'));
    graph.observe(chosen, '', () => {});
    for (const key of ['1', '2', '1']) graph.commit((tx) => tx.set(choice, '', key));
    assert.deepEqual(kept(graph), { choice: 1, doubled: 1, chosen: 1 });
  });

  it('stays if it is released and read in the same commit', () => {
    const graph = new Graph();
    const owner = graph.input<string, string>('owner');
    const expensive = graph.derive('expensive', () => 'row');
    const view = graph.derive('view', (read, key) => (read(owner, '') === key ? read(expensive, 'shared') : undefined));
    graph.commit((tx) => tx.set(owner, '', 'a'));
    for (const key of ['a', 'b']) graph.observe(view, key, () => {});
    for (const key of ['b', 'a', 'b']) {
      graph.commit((tx) => tx.set(owner, '', key));
      assert.equal(graph.read(view, key), 'row');
    }
    assert.equal(graph.computed().get('expensive'), 1);
  });

  it('of a map is dropped only with its source', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.map('doubled', numbers, (number) => 2 * number);
    graph.commit((tx) => tx.set(numbers, 'a', 1));
    const observation = graph.observe(doubled, 'a', () => {});
    observation.close();
    assert.deepEqual(kept(graph), { numbers: 1, doubled: 1 });
    graph.commit((tx) => tx.delete(numbers, 'a'));
    assert.deepEqual(kept(graph), {});
  });

  it('is not created by deleting a missing row', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    graph.commit((tx) => tx.delete(numbers, 'a'));
    assert.deepEqual(kept(graph), {});
  });
});
