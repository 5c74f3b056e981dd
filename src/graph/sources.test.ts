import assert from 'node:assert/strict';
import { Graph } from './index.js';

describe('the sources of a row', () => {
  it('are the rows of inputs that it was computed from, directly or indirectly, and no others', () => {
    const graph = new Graph();
    const numbers = graph.input<string, number>('numbers');
    const doubled = graph.derive<string, number>('doubled', (read, key) => 2 * (read(numbers, key) ?? 0));
    const sum = graph.derive<string, number>(
      'sum',
      (read) => (read(doubled, 'a') ?? 0) + (read(numbers, 'b') ?? 0) + (read(numbers, 'none') ?? 0),
    );
    graph.commit((transaction) => {
      for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3 })) transaction.set(numbers, key, value);
    });
    const sources = graph.sources(sum, '').map(({ table, key, row }) => [table, key, row]);
    assert.deepEqual(sources.sort(), [
      ['numbers', 'a', 1],
      ['numbers', 'b', 2],
    ]);
    assert.equal(graph.size().get('sum'), 0, 'nothing stays of it');
  });
});
