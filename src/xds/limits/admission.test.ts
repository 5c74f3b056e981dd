/** Which streams are turned away: too many of them, of an address, at once, or for the heap. */
import assert from 'node:assert/strict';
import { overTransports, cluster, MODES } from '../../testing/xds/server.js';
import { CLUSTER, STATUS } from '../index.js';
import { addressOf } from './address.js';
import { HeapGauge } from './heap-gauge.js';

const LOAD_REPORTS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';

describe('promise 35: a heap that is nearly full', () => {
  /** A gauge at 80 %, and what it says after each reading. */
  function gauge(): { readonly at: (use: number, ms?: number) => boolean; readonly reads: () => number } {
    let [now, use, reads] = [0, 0, 0];
    const heap = new HeapGauge(
      0.8,
      () => {
        reads += 1;
        return use;
      },
      () => now,
    );
    return {
      at: (next, ms = 1_000) => {
        now += ms;
        use = next;
        return heap.overload !== undefined;
      },
      reads: () => reads,
    };
  }

  it('is full at the limit, and free again 5 points below it', () => {
    const { at } = gauge();
    assert.deepEqual(
      [0.1, 0.79, 0.8, 0.79, 0.751, 0.749, 0.79, 0.81].map((use) => at(use)),
      [false, false, true, true, true, false, false, true],
    );
  });

  it('is read at most four times a second, however many streams ask', () => {
    const { at, reads } = gauge();
    for (let ms = 0; ms < 1_000; ms += 1) at(0.5, 1);
    assert.equal(reads(), 4);
  });

  it('says how full it is', () => {
    const heap = new HeapGauge(
      0.85,
      () => 0.9,
      () => 0,
    );
    assert.equal(heap.overload, '90 % of the heap is in use: no streams are admitted at 85 % until it is 80 %');
  });
});

overTransports('admission', (start) => {
  for (const mode of MODES)
    it(`promise 35: with a full heap, new streams are refused and open ones go on (${mode})`, async () => {
      const rejected: unknown[] = [];
      let use = 0.5;
      const xds = await start({
        resources: [cluster('a')],
        heapUse: () => use,
        events: { streamRefused: (_peer, code, _message, limit) => rejected.push([code, limit]) },
      });
      const open = xds.connect(mode);
      open.subscribe(CLUSTER);
      await open.accept(CLUSTER);
      use = 0.9;
      while (xds.server.overload() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      const refused = xds.connect(mode);
      refused.subscribe(CLUSTER);
      const { code, details } = await refused.status;
      assert.deepEqual([code, details], [STATUS.unavailable, xds.server.overload()]);
      assert.deepEqual(rejected, [[STATUS.unavailable, 'heap']]);
      xds.put(cluster('a', '2'));
      await open.accept(CLUSTER);
      use = 0.5;
      while (xds.server.overload() !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      const again = xds.connect(mode);
      again.subscribe(CLUSTER);
      await again.accept(CLUSTER);
    });

  it('promise 28: streams of an address are bounded, those with load reports among them', async () => {
    const xds = await start({ resources: [cluster('a')], limits: { maxStreamsPerAddress: 2 } });
    const [one, other] = [xds.connect('sotw'), xds.connect('delta', { path: LOAD_REPORTS })];
    one.subscribe(CLUSTER);
    await one.accept(CLUSTER);
    other.send({ typeUrl: '' });
    while (xds.server.stats().loadStreams === 0) await new Promise((resolve) => setImmediate(resolve));
    const third = xds.connect('sotw');
    third.subscribe(CLUSTER);
    const { code, details } = await third.status;
    assert.deepEqual([code, details], [STATUS.resourceExhausted, 'more than 2 streams of one address']);
    one.halfClose();
    await one.status;
    const again = xds.connect('sotw');
    again.subscribe(CLUSTER);
    await again.accept(CLUSTER);
  });
});

describe('promise 28: the address of a peer', () => {
  it('is that without its port; an IPv6 network is one, and a mapped address is the IPv4 address', () => {
    const cases = {
      '10.0.0.1:4711': '10.0.0.1',
      '::1:4711': '::1',
      '[::1]:4711': '::1',
      '::ffff:10.0.0.1:4711': '10.0.0.1',
      '[::ffff:10.0.0.1]:4711': '10.0.0.1',
      '2001:db8:1:2::3:4711': '2001:db8:1:2::/64',
      '[2001:db8:1:2:a:b:c:d]:4711': '2001:db8:1:2::/64',
      unknown: 'unknown',
    };
    assert.deepEqual(Object.keys(cases).map(addressOf), Object.values(cases));
  });
});
