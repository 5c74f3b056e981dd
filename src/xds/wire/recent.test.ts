/** What is remembered for further streams is bounded, and goes with the last stream that has it. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as turn } from 'node:timers/promises';
import { Coverages, NOTHING, type Coverage } from '../resources/coverage.js';
import { encodeRequest } from '../../testing/xds/client-wire.js';
import { NameLists } from './name-lists.js';
import { Recent } from './recent.js';
import { decodeDeltaDiscoveryRequest, decodeDiscoveryRequest } from './request.js';

/** Bytes that the remembered lists and coverages of a server may cost. */
const MAX_COVERAGE_BYTES = 48 << 20;
const MAX_LIST_BYTES = 16 << 20;

const collectGarbage = garbageCollector();

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

function namesOf(client: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `client-${String(client)}-some-name-${String(index)}`);
}

function change(coverages: Coverages, lists: NameLists, names: readonly string[]): Coverage {
  const bytes = encodeRequest('delta', { typeUrl: 't', resourceNamesSubscribe: names });
  return coverages.change(NOTHING, decodeDeltaDiscoveryRequest(bytes, 1_000_000, lists), false).coverage;
}

describe('cached results', () => {
  it('are limited in number and bytes: the oldest is removed, and too large ones are not cached', () => {
    const holder = {};
    const recent = new Recent<object, string>({ maxItems: 3, maxBytes: 10 });
    for (const [item, bytes] of [
      ['a', 4],
      ['b', 4],
      ['c', 2],
    ] as const)
      recent.add(holder, item, bytes);
    assert.deepEqual([[...recent.items()], recent.bytes], [['c', 'b', 'a'], 10]);
    recent.add(holder, 'large', 6);
    recent.add(holder, 'd', 0);
    assert.deepEqual([[...recent.items()], recent.bytes], [['d', 'c', 'b'], 6]);
    recent.add(holder, 'e', 5);
    assert.deepEqual([[...recent.items()], recent.bytes], [['e', 'd', 'c'], 7]);
  });

  it('are removed with their holder', async () => {
    const recent = new Recent<object, { readonly holder: object }>({ maxItems: 3, maxBytes: 10 });
    const held = {};
    recent.add(held, { holder: held }, 1);
    const add = (): void => {
      const holder = {};
      recent.add(holder, { holder }, 1);
    };
    add();
    assert.equal([...recent.items()].length, 2);
    await turn();
    collectGarbage();
    assert.deepEqual([[...recent.items()].map(({ holder }) => holder === held), recent.bytes], [[true], 1]);
  });

  it('have a limited size for names of many streams, and are removed with the streams', async () => {
    const [coverages, lists] = [new Coverages(1_000_000), new NameLists()];
    const streams: Coverage[] = [];
    for (let client = 0; client < 40; client += 1) streams.push(change(coverages, lists, namesOf(client, 20_000)));
    assert.ok(coverages.bytes <= MAX_COVERAGE_BYTES && coverages.bytes > 0, String(coverages.bytes));
    assert.ok(lists.bytes <= MAX_LIST_BYTES && lists.bytes > 0, String(lists.bytes));
    assert.equal(streams.length, 40);
    streams.length = 0;
    await turn();
    collectGarbage();
    assert.deepEqual([coverages.bytes, lists.bytes], [0, 0]);
  });

  it('are limited for state of the world too, while a list that a stream has is shared with the next one', async () => {
    const coverages = new Coverages(1_000_000);
    const list = (client: number) =>
      coverages.list(
        decodeDiscoveryRequest(encodeRequest('sotw', { typeUrl: 't', resourceNames: namesOf(client, 20_000) })).names,
      );
    const first = list(0);
    const others = Array.from(
      { length: 3 },
      (_, client) => coverages.replace(NOTHING, list(client + 1).coverage).coverage.names.size,
    );
    assert.ok(coverages.bytes <= MAX_COVERAGE_BYTES, String(coverages.bytes));
    await turn();
    collectGarbage();
    assert.ok(coverages.bytes > 0);
    assert.equal(list(0), first);
    assert.deepEqual(new Set(others), new Set([20_000]));
  });
});
