import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Graph, type Key, type KeyedTable, type Single, SINGLE, type Table, pairCodec, partsCodec } from './index.js';

type HostKey = Key<'host'>;
type PortKey = Key<'port'>;
type EndpointKey = Key<'endpoint'>;

const portCodec = partsCodec<PortKey, readonly [name: string, port: string, subset: string]>(3);
const endpointCodec = pairCodec<EndpointKey, PortKey, HostKey>();

describe('keys', () => {
  it('are parsed into their parts', () => {
    const part = fc.string().filter((text) => !text.includes('\u001e') && !text.includes('\u001f'));
    fc.assert(
      fc.property(part, part, part, part, (name, port, subset, host) => {
        const key = portCodec.format(name, port, subset);
        assert.deepEqual(portCodec.parse(key), [name, port, subset]);
        assert.deepEqual(endpointCodec.parse(endpointCodec.format(key, host as HostKey)), [key, host]);
      }),
    );
  });

  it('differ if one of their parts differs, also an empty one', () => {
    const keys = [portCodec.format('a', '', 'b'), portCodec.format('a', 'b', ''), portCodec.format('', 'a', 'b')];
    assert.equal(new Set(keys).size, 3);
  });

  it('have all their parts, even if the text has fewer', () => {
    assert.deepEqual(portCodec.parse('a' as PortKey), ['a', '', '']);
  });
});

describe('tables', () => {
  const graph = new Graph();
  const hosts = graph.input<HostKey, number>('hosts');
  const [host, port] = ['h' as HostKey, portCodec.format('h', '80', '')];

  it('accept their own keys', () => {
    graph.commit((transaction) => transaction.set(hosts, host, 1));
    const doubled = graph.derive<HostKey, number>('doubled', (read, key) => (read(hosts, key) ?? 0) * 2);
    const single = graph.derive<Single, number>('single', (read) => read(doubled, host));
    assert.deepEqual([graph.read(doubled, host), graph.read(single, SINGLE), graph.keys(hosts)], [2, 2, [host]]);
  });

  // That these lines do not compile is the test: without an error, the directive itself is one.
  it('accept no other keys', () => {
    // @ts-expect-error the key of another table
    assert.equal(graph.read(hosts, port), undefined);
    // @ts-expect-error plain text
    assert.equal(graph.read(hosts, 'other'), undefined);
    // @ts-expect-error the key of another table
    graph.commit((transaction) => transaction.delete(hosts, port));
    // @ts-expect-error the key of another table
    graph.observe(hosts, port, () => undefined).close();
    // @ts-expect-error the key of another table, read by a row
    graph.derive<Single, number>('wrong key', (read) => read(hosts, port));
    // @ts-expect-error a table that takes fewer keys
    const anything: Table<string, number> = hosts;
    // @ts-expect-error a table that has other keys
    const others: KeyedTable<PortKey, number> = hosts;
    assert.equal(anything, others);
  });

  it('know the types of the keys and groups of an index', () => {
    const byParity = graph.index('by parity', hosts, (row) => [row % 2 === 0 ? 'even' : 'odd']);
    const odd: readonly HostKey[] | undefined = graph.read(byParity, 'odd');
    assert.deepEqual(odd, [host]);
    // @ts-expect-error no such group
    assert.equal(graph.read(byParity, 'neither'), undefined);
  });
});
