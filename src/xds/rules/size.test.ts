/** Sizes: large requests are taken, large responses are split where the protocol lets them. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { MODES, overAllServices, resource, overTransports } from '../../testing/xds/server.js';
import type { OversizedResponse } from '../index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const FOUR_MIB = 4 << 20;

overAllServices('sizes', (start) => {
  it('rule 91: a request above 4 MiB is accepted', async () => {
    const xds = await start({ resources: [resource(CLUSTER, 'a')] });
    const client = xds.connect('delta');
    const versions = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`cluster-${String(index)}`.padEnd(80, '.'), '0123456789abcdef']),
    );
    client.subscribe(CLUSTER, [], { initialResourceVersions: versions });
    const [first, second] = [await client.accept(CLUSTER), await client.accept(CLUSTER)];
    assert.deepEqual([first.names, first.removed.length + second.removed.length], [['a'], 50_000]);
  });

  it('rule 91: names above 4 MiB are accepted', async () => {
    const xds = await start();
    const client = xds.connect('sotw');
    const names = Array.from({ length: 50_000 }, (_, index) => `cluster-${String(index)}`.padEnd(100, '.'));
    client.subscribe(EDS, names);
    await client.settle();
    xds.put(resource(EDS, names[49_999] ?? ''));
    client.ack(await client.next(EDS));
    await client.expectSilence();
  });

  for (const [mode, typeUrl] of [
    ['sotw', EDS],
    ['delta', EDS],
    ['delta', CLUSTER],
  ] as const) {
    it(`rule 92: a response above 4 MiB is split (${mode}, ${typeUrl})`, async () => {
      const names = Array.from({ length: 100 }, (_, index) => `n${String(index)}`);
      const large = (content: string): ReturnType<typeof resource>[] =>
        names.map((name) => resource(typeUrl, name, content.repeat(100_000)));
      const xds = await start({ resources: large('1') });
      const client = xds.connect(mode);
      client.subscribe(typeUrl, names);
      for (const content of ['1', '2']) {
        const received: string[] = [];
        while (received.length < names.length) {
          const response = await client.accept(typeUrl);
          assert.ok(response.bytes < FOUR_MIB);
          for (const { name, value } of response.resources)
            if (value.at(-1) === content.charCodeAt(0)) received.push(name);
        }
        assert.deepEqual(received.sort(), [...names].sort());
        await client.expectSilence();
        if (content === '1') xds.put(...large('2'));
      }
    });
  }

  it('rule 92: one part of a split response is in flight, and a rejected part does not delay the others', async () => {
    const names = ['a', 'b', 'c'];
    const xds = await start({
      resources: names.map((name) => resource(EDS, name, '1'.repeat(100))),
      limits: { maxResponseBytes: 300 },
    });
    const client = xds.connect('delta');
    client.subscribe(EDS, names);
    const first = await client.next(EDS);
    await client.expectSilence();
    xds.put(resource(EDS, 'a', '2'));
    client.nack(first);
    const rest = new Set<string>();
    for (let part = 0; part < 3; part += 1) for (const name of (await client.accept(EDS)).names) rest.add(name);
    assert.deepEqual([...rest].sort(), names);
    await client.expectSilence();
  });

  it('rule 92: the full state of clusters cannot be split, and is sent as a whole', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    const xds = await start({ resources: names.map((name) => resource(CLUSTER, name, '1'.repeat(100_000))) });
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    assert.deepEqual((await client.accept(CLUSTER)).names, names);
  });

  for (const mode of MODES) {
    it(`removals are split too (${mode})`, async () => {
      const xds = await start({ limits: { maxResponseBytes: 1000 } });
      const names = Array.from({ length: 100 }, (_, index) => `name-${String(index)}`);
      const client = xds.connect(mode);
      client.subscribe(EDS, names);
      if (mode === 'delta') {
        const removed: string[] = [];
        while (removed.length < names.length) removed.push(...(await client.accept(EDS)).removed);
      }
      await client.expectSilence();
    });
  }
});

overTransports('promise 26: what is larger than gRPC clients accept', (start) => {
  const LARGE = 'x'.repeat(5 << 20);

  for (const mode of MODES) {
    it(`is sent, told once per version, and keeps nothing else back (${mode})`, async () => {
      const told: OversizedResponse[] = [];
      const xds = await start({
        resources: [resource(EDS, 'large', LARGE), resource(EDS, 'small')],
        events: { oversized: (response) => told.push(response) },
      });
      for (const id of ['one', 'other']) {
        const client = xds.connect(mode, { node: { id } });
        client.subscribe(EDS, ['large', 'small']);
        const names = new Set<string>();
        while (names.size < 2) for (const name of (await client.accept(EDS)).names) names.add(name);
        client.close();
      }
      assert.deepEqual(
        told.map(({ typeUrl, largest: { name, bytes } }) => [typeUrl, name, bytes > FOUR_MIB]),
        [[EDS, 'large', true]],
      );
      const again = xds.connect(mode);
      again.subscribe(EDS, ['large', 'small']);
      const last = xds.store.get(EDS, 'large')?.version;
      xds.put(resource(EDS, 'large', `${LARGE}2`));
      while (told.length < 2) again.ack(await again.next(EDS));
      assert.equal(told[0]?.largest.version, last);
      assert.notEqual(told[1]?.largest.version, last);
    });
  }

  it('is the full state of many clusters, too', async () => {
    const told: OversizedResponse[] = [];
    const clusters = Array.from({ length: 60 }, (_, index) =>
      resource(CLUSTER, `n${String(index)}`, '1'.repeat(100_000)),
    );
    const xds = await start({ resources: clusters, events: { oversized: (response) => told.push(response) } });
    for (const mode of [...MODES, ...MODES]) {
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      for (let names = 0; names < 60;) names += (await client.accept(CLUSTER)).names.length;
    }
    assert.deepEqual(
      told.map(({ typeUrl, resources, bytes, largest }) => [
        typeUrl,
        resources,
        bytes > FOUR_MIB,
        largest.bytes < FOUR_MIB,
      ]),
      [[CLUSTER, 60, true, true]],
    );
  });
});

overTransports('sizes', (start) => {
  it('a request above the limit ends the stream', async () => {
    const xds = await start({ limits: { maxRequestBytes: 1000 } });
    const client = xds.connect('sotw');
    client.subscribe(EDS, ['a'.repeat(1000)]);
    assert.equal((await client.status).code, status.RESOURCE_EXHAUSTED);
  });
});
