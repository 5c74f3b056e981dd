import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Graph } from './index.js';

interface Endpoint {
  readonly service: string;
  readonly healthy: boolean;
}

describe('an index', () => {
  it('lists the keys of a group, sorted', () => {
    const graph = new Graph();
    const endpoints = graph.input<string, Endpoint>('endpoints');
    const byService = graph.index('byService', endpoints, ({ service }) => [service]);
    graph.commit((tx) => {
      for (const key of ['c', 'a', 'b'])
        tx.set(endpoints, key, { service: key === 'b' ? 'ratings' : 'reviews', healthy: true });
    });
    assert.deepEqual(graph.read(byService, 'reviews'), ['a', 'c']);
    assert.deepEqual(graph.read(byService, 'ratings'), ['b']);
    assert.equal(graph.read(byService, 'details'), undefined);
  });

  it('moves rows from group to group and reports only changed groups', () => {
    const graph = new Graph();
    const endpoints = graph.input<string, Endpoint>('endpoints');
    const byService = graph.index('byService', endpoints, ({ service }) => [service]);
    graph.commit((tx) => {
      tx.set(endpoints, 'a', { service: 'reviews', healthy: true });
      tx.set(endpoints, 'b', { service: 'reviews', healthy: true });
    });
    const told: unknown[] = [];
    for (const group of ['reviews', 'ratings', 'details'])
      graph.observe(byService, group, (row) => told.push([group, row]));
    graph.commit((tx) => tx.set(endpoints, 'a', { service: 'ratings', healthy: true }));
    assert.deepEqual(told.splice(0), [
      ['reviews', ['b']],
      ['ratings', ['a']],
    ]);
    graph.commit((tx) => tx.set(endpoints, 'a', { service: 'ratings', healthy: false }));
    assert.deepEqual(told.splice(0), []);
    graph.commit((tx) => tx.delete(endpoints, 'a'));
    assert.deepEqual(told, [['ratings', undefined]]);
  });

  it('has a row in several groups, once in each', () => {
    const graph = new Graph();
    const words = graph.input<string, string>('words');
    const byLetter = graph.index('byLetter', words, (word) => word);
    graph.commit((tx) => tx.set(words, 'a', 'door'));
    assert.deepEqual(graph.read(byLetter, 'o'), ['a']);
    graph.commit((tx) => tx.set(words, 'a', 'dry'));
    assert.deepEqual(
      ['d', 'o', 'r', 'y'].map((letter) => graph.read(byLetter, letter)),
      [['a'], undefined, ['a'], ['a']],
    );
  });

  it('is up to date when it is read again later', () => {
    const graph = new Graph();
    const words = graph.input<string, string>('words');
    const byWord = graph.index('byWord', words, (word) => [word]);
    graph.observe(byWord, 'hi', () => {}).close();
    graph.commit((tx) => tx.set(words, 'a', 'hi'));
    assert.deepEqual(graph.observe(byWord, 'hi', () => {}).row, ['a']);
  });

  it('equals sorting again, for any number of added and removed keys', () => {
    const keys = Array.from({ length: 60 }, (_, key) => `${key}`);
    const commits = fc.array(fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 40, size: 'max' }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(commits, (steps) => {
        const graph = new Graph();
        const words = graph.input<string, string>('words');
        const observation = graph.observe(
          graph.index('all', words, () => ['']),
          '',
          () => {},
        );
        for (const step of steps) {
          graph.commit((tx) => {
            for (const key of step)
              if (graph.read(words, key) === undefined) tx.set(words, key, key);
              else tx.delete(words, key);
          });
          assert.deepEqual(observation.row ?? [], graph.keys(words));
        }
      }),
    );
  });
});
