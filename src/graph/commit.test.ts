import assert from 'node:assert/strict';
import { Graph } from './index.js';

describe('a commit', () => {
  it('sets and deletes rows', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    graph.commit((tx) => {
      tx.set(hosts, 'b', 'beta');
      tx.set(hosts, 'a', 'alpha');
    });
    assert.deepEqual(graph.keys(hosts), ['a', 'b']);
    assert.equal(graph.read(hosts, 'a'), 'alpha');
    graph.commit((tx) => tx.delete(hosts, 'a'));
    assert.deepEqual(graph.keys(hosts), ['b']);
    assert.equal(graph.read(hosts, 'a'), undefined);
  });

  it('makes changes visible only at its end', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    const lengths = graph.map('lengths', hosts, (host) => host.length);
    graph.commit((tx) => {
      tx.set(hosts, 'a', 'alpha');
      assert.equal(graph.read(hosts, 'a'), undefined);
      assert.deepEqual(graph.keys(lengths), []);
    });
    assert.equal(graph.read(lengths, 'a'), 5);
  });

  it('uses the last of several changes of a row', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    graph.map('lengths', hosts, (host) => host.length);
    graph.commit((tx) => tx.set(hosts, 'a', 'alpha'));
    const told: unknown[] = [];
    graph.watch(hosts, (changes) => told.push([...changes]));
    graph.commit((tx) => {
      tx.set(hosts, 'a', 'x');
      tx.delete(hosts, 'a');
      tx.set(hosts, 'a', 'alpha');
      tx.set(hosts, 'b', 'beta');
      tx.delete(hosts, 'b');
    });
    assert.deepEqual(told, []);
    assert.equal(graph.computed().get('lengths'), 1);
    assert.deepEqual(graph.keys(hosts), ['a']);
  });

  it('changes nothing if it throws', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    const lengths = graph.map('lengths', hosts, (host) => host.length);
    graph.commit((tx) => tx.set(hosts, 'a', 'alpha'));
    const fail = (): void =>
      graph.commit((tx) => {
        tx.set(hosts, 'a', 'x');
        tx.set(hosts, 'b', 'beta');
        throw new Error('no');
      });
    assert.throws(fail, /no/);
    graph.commit((tx) => tx.set(hosts, 'c', 'gamma'));
    assert.deepEqual(graph.keys(lengths), ['a', 'c']);
    assert.equal(graph.read(lengths, 'a'), 5);
  });

  it('must not start another commit, and continues if that error is caught', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    graph.commit((tx) => {
      assert.throws(() => graph.commit(() => {}), /may not start another/);
      tx.set(hosts, 'a', 'alpha');
    });
    assert.equal(graph.read(hosts, 'a'), 'alpha');
  });

  it('must not declare tables', () => {
    const graph = new Graph();
    assert.throws(() => graph.commit(() => graph.input('late')), /may not declare/);
  });

  it('cannot be extended after its end', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    const kept = transactionOf(graph);
    assert.throws(() => kept.set(hosts, 'a', 'alpha'), /the commit is over/);
    assert.throws(() => graph.commit(() => kept.delete(hosts, 'a')), /the commit is over/);
  });

  it('accepts inputs of the same graph only', () => {
    const graph = new Graph();
    const foreign = new Graph().input<string, string>('foreign');
    const hosts = graph.input<string, string>('hosts');
    const lengths = graph.map('lengths', hosts, (host) => host.length);
    assert.throws(() => graph.commit((tx) => tx.set(foreign, 'a', 'x')), /belongs to another graph/);
    assert.throws(() => graph.commit((tx) => tx.set({ ...lengths, input: true }, 'a', 1)), /is no input/);
  });

  it('compares rows by the equality of their table', () => {
    const graph = new Graph();
    const words = graph.input<string, string>('words', (a, b) => a.toLowerCase() === b.toLowerCase());
    const told: unknown[] = [];
    graph.observe(words, 'a', (row) => told.push(row));
    for (const word of ['Hi', 'hi', 'HO']) graph.commit((tx) => tx.set(words, 'a', word));
    assert.deepEqual(told, ['Hi', 'HO']);
  });
});

describe('a graph', () => {
  it('refuses a second table with the same name', () => {
    const graph = new Graph();
    graph.input('hosts');
    assert.throws(() => graph.derive('hosts', () => 1), /two tables named hosts/);
  });

  it('fills tables that are declared after rows exist', () => {
    const graph = new Graph();
    const hosts = graph.input<string, string>('hosts');
    graph.commit((tx) => tx.set(hosts, 'a', 'alpha'));
    const lengths = graph.map('lengths', hosts, (host) => host.length);
    const byLength = graph.index('byLength', lengths, (length) => [String(length)]);
    const all = graph.union<string, string | number>('all', [hosts, lengths]);
    const letters = graph.expand('letters', hosts, (host) => host.split('').map((letter) => [letter, 1] as const));
    assert.deepEqual(graph.keys(lengths), ['a']);
    assert.deepEqual(graph.read(byLength, '5'), ['a']);
    assert.equal(graph.read(all, 'a'), 'alpha');
    assert.deepEqual(graph.keys(letters), ['a', 'h', 'l', 'p']);
  });
});

/** A transaction that was kept longer than its commit. */
function transactionOf(graph: Graph): Parameters<Parameters<Graph['commit']>[0]>[0] {
  const transactions: Parameters<Parameters<Graph['commit']>[0]>[0][] = [];
  graph.commit((tx) => transactions.push(tx));
  return transactions[0]!;
}
