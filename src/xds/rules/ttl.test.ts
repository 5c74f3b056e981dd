/** Resources that live for a limited time: who is sent that time, in which form, and how it is renewed. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, overAllServices, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { type ClientMode, type ClientResponse, decodeResponse, encodeRequest } from '../../testing/xds/client-wire.js';
import { encodeResource } from '../resources/resource.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, RUNTIME, VIRTUAL_HOST } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const TTL = 'xds.config.supports-resource-ttl';
const WRAPPER = 'xds.config.resource-in-sotw';
/** Renewed soon, and not at all while a test runs. */
const SOON = 60;
const LATE = 3_600_500;

function connect(xds: TestServer, mode: ClientMode, clientFeatures: readonly string[] = [TTL, WRAPPER]): XdsTestClient {
  return xds.connect(mode, { node: { id: 'test', clientFeatures } });
}

function described({ resources }: ClientResponse): readonly unknown[] {
  return resources.map(({ name, ttlMs, wrapped, heartbeat }) => [name, ttlMs, wrapped, heartbeat]);
}

overAllServices('time to live', (start) => {
  for (const [mode, features, takes] of [
    ['sotw', [], false],
    ['delta', [], false],
    ['sotw', [TTL], false],
    ['sotw', [WRAPPER], false],
    ['delta', [WRAPPER], false],
    ['delta', [TTL], true],
    ['sotw', [TTL, WRAPPER], true],
    ['sotw', [TTL, 'xds.config.supports-resource-in-sotw'], true],
    ['sotw', ['supports-resource-ttl', 'supports-resource-in-sotw'], true],
  ] as const) {
    it(`rule 84: it is ${takes ? 'sent to' : 'kept from'} a client with ${JSON.stringify(features)} (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: LATE }), resource(EDS, 'b')] });
      const client = connect(xds, mode, features);
      client.subscribe(EDS, ['a', 'b']);
      const response = await client.accept(EDS);
      assert.deepEqual(described(response), [
        ['a', takes ? LATE : undefined, takes && mode === 'sotw', false],
        ['b', undefined, false, false],
      ]);
      assert.equal(response.resources[0]?.value.toString('latin1'), resource(EDS, 'a', '1').value.toString('latin1'));
      await client.settle();
      assert.equal(xds.server.stats().renewing, takes ? 1 : 0);
    });
  }

  it('rule 84: it is at least a millisecond, and finite', () => {
    for (const ttlMs of [0, -1, NaN, Infinity])
      assert.throws(() => encodeResource(EDS, 'a', Buffer.alloc(0), { ttlMs }), RangeError);
    assert.equal(encodeResource(EDS, 'a', Buffer.alloc(0), { ttlMs: 1 }).ttlMs, 1);
  });

  it('rule 84: the wrapper contains name, version and aliases', async () => {
    const item = resource(EDS, 'a', '1', { ttlMs: LATE, aliases: ['x'] });
    const xds = await start({ resources: [item] });
    const client = connect(xds, 'sotw');
    client.subscribe(EDS, ['a']);
    const [wrapped] = (await client.accept(EDS)).resources;
    assert.deepEqual([wrapped?.name, wrapped?.version, wrapped?.aliases], ['a', item.version, ['x']]);
  });

  for (const mode of MODES) {
    it(`rule 84: a large response is split by the larger size (${mode})`, async () => {
      const names = Array.from({ length: 50 }, (_, index) => `n${String(index)}`);
      const xds = await start({
        resources: names.map((name) => resource(EDS, name, '1', { ttlMs: LATE })),
        limits: { maxResponseBytes: 1000 },
      });
      const client = connect(xds, mode);
      client.subscribe(EDS, names);
      const told: string[] = [];
      while (told.length < names.length) {
        const response = await client.accept(EDS);
        assert.ok(response.bytes < 1100);
        told.push(...response.names);
      }
      assert.deepEqual(told.sort(), [...names].sort());
    });

    it(`rule 85: a heartbeat renews an accepted resource, and is not an update (${mode})`, async () => {
      let sent = 0;
      let acked = 0;
      const xds = await start({
        resources: [resource(EDS, 'a', '1', { ttlMs: SOON }), resource(EDS, 'b')],
        events: { sent: () => (sent += 1), acked: () => (acked += 1) },
      });
      const client = connect(xds, mode);
      client.subscribe(EDS, ['a', 'b']);
      const first = await client.accept(EDS);
      for (let count = 0; count < 3; count += 1) {
        const heartbeat = await client.accept(EDS);
        assert.deepEqual(described(heartbeat), [['a', SOON, mode === 'sotw', true]]);
        assert.equal(heartbeat.version, first.version);
        assert.notEqual(heartbeat.nonce, first.nonce);
        if (mode === 'delta') assert.equal(heartbeat.resources[0]?.version, first.resources[0]?.version);
      }
      const [status] = xds.server.clients();
      const eds = status?.types.find(({ typeUrl }) => typeUrl === EDS);
      assert.deepEqual([sent, acked, eds?.state, eds?.ackedVersion], [1, 1, 'SYNCED', first.version]);
    });

    it(`rule 85: an unanswered heartbeat delays the next one, and changes (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: SOON })] });
      const [client, other] = [connect(xds, mode), connect(xds, mode)];
      for (const each of [client, other]) each.subscribe(EDS, ['a']);
      await client.accept(EDS);
      await other.accept(EDS);
      const heartbeat = await client.next(EDS);
      for (let count = 0; count < 3; count += 1) await other.accept(EDS);
      xds.put(resource(EDS, 'a', '2', { ttlMs: SOON }));
      await client.expectSilence();
      client.ack(heartbeat);
      assert.deepEqual(described(await client.accept(EDS)), [['a', SOON, mode === 'sotw', false]]);
      assert.deepEqual(described(await client.accept(EDS)), [['a', SOON, mode === 'sotw', true]]);
    });

    it(`rule 85: a rejected heartbeat is reported, and changes nothing (${mode})`, async () => {
      const rejected: string[] = [];
      const xds = await start({
        resources: [resource(EDS, 'a', '1', { ttlMs: SOON })],
        events: { nacked: (_client, _type, _version, message) => rejected.push(message) },
      });
      const client = connect(xds, mode);
      client.subscribe(EDS, ['a']);
      await client.accept(EDS);
      client.nack(await client.next(EDS), 'no heartbeats here');
      await client.settle();
      assert.deepEqual(rejected, ['no heartbeats here']);
      assert.equal(xds.server.clients()[0]?.types.find(({ typeUrl }) => typeUrl === EDS)?.state, 'SYNCED');
    });

    it(`rule 85: a rejected resource is not renewed, but the version that the client has is (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: SOON, version: 'one' })] });
      const client = connect(xds, mode);
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2', { ttlMs: SOON, version: 'two' }));
      let response = await client.next(EDS);
      while (response.resources[0]?.heartbeat === true) {
        client.ack(response);
        response = await client.next(EDS);
      }
      client.nack(response);
      const heartbeat = await client.accept(EDS);
      assert.deepEqual(described(heartbeat), [['a', SOON, mode === 'sotw', true]]);
      assert.deepEqual([heartbeat.version, heartbeat.resources[0]?.version], [first.version, 'one']);
    });

    it(`rule 85: a deleted or unsubscribed resource is not renewed any more (${mode})`, async () => {
      const items = ['a', 'b', 'c'].map((name) => resource(RUNTIME, name, '1', { ttlMs: SOON }));
      const xds = await start({ resources: items });
      const client = connect(xds, mode);
      client.subscribe(RUNTIME, ['a', 'b', 'c']);
      await client.accept(RUNTIME);
      xds.remove(RUNTIME, 'a');
      if (mode === 'sotw') client.subscribe(RUNTIME, ['a', 'b']);
      else client.unsubscribe(RUNTIME, ['c']);
      await client.settle();
      while (client.pending > 0) client.ack(await client.nextOfAny());
      await client.settle();
      while (client.pending > 0) client.ack(await client.nextOfAny());
      for (let count = 0; count < 2; count += 1) assert.deepEqual((await client.accept(RUNTIME)).names, ['b']);
    });

    it(`rule 85: the timer ends with the streams (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: 600_000 })] });
      const clients = [connect(xds, mode), connect(xds, mode)];
      for (const client of clients) {
        client.subscribe(EDS, ['a']);
        await client.accept(EDS);
        await client.settle();
      }
      assert.equal(xds.server.stats().renewing, 2);
      for (const client of clients) client.close();
      while (xds.server.stats().streams > 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(xds.server.stats().renewing, 0);
    });

    it(`rule 85: a client that reconnects gets renewals too (${mode})`, async () => {
      const item = resource(CLUSTER, 'a', '1', { ttlMs: SOON });
      const xds = await start({ resources: [item] });
      const before = connect(xds, mode);
      before.subscribe(CLUSTER);
      const { version } = await before.accept(CLUSTER);
      before.close();
      const client = connect(xds, mode);
      if (mode === 'sotw') client.subscribe(CLUSTER, [], { versionInfo: version });
      else client.subscribe(CLUSTER, [], { initialResourceVersions: { a: item.version } });
      assert.deepEqual(described(await client.accept(CLUSTER)), [['a', SOON, mode === 'sotw', false]]);
      assert.equal((await client.accept(CLUSTER)).names[0], 'a');
    });

    it(`rule 86: a resource that is sent again has its new TTL, or none (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: LATE })] });
      const client = connect(xds, mode);
      client.subscribe(EDS, ['a']);
      const first = await client.accept(EDS);
      xds.put(resource(EDS, 'a', '1', { ttlMs: 2 * LATE }));
      const second = await client.accept(EDS);
      assert.deepEqual(described(second), [['a', 2 * LATE, mode === 'sotw', false]]);
      xds.put(resource(EDS, 'a', '1'));
      const third = await client.accept(EDS);
      assert.deepEqual(described(third), [['a', undefined, false, false]]);
      if (mode === 'sotw') assert.equal(new Set([first.version, second.version, third.version]).size, 3);
      else assert.equal(new Set([first, second, third].map(({ resources }) => resources[0]?.version)).size, 1);
      await client.settle();
      assert.equal(xds.server.stats().renewing, 0);
      xds.put(resource(EDS, 'a', '1'));
      await client.expectSilence();
    });
  }

  for (const typeUrl of [CLUSTER, LISTENER]) {
    it(`rule 85: a full state is renewed with its messages, because resources without one would be removed (${typeUrl})`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 'a', '1', { ttlMs: SOON }), resource(typeUrl, 'b')] });
      const client = connect(xds, 'sotw');
      client.subscribe(typeUrl);
      const first = await client.accept(typeUrl);
      const renewal = await client.accept(typeUrl);
      assert.deepEqual(described(renewal), described(first));
      assert.equal(renewal.version, first.version);
      xds.put(resource(typeUrl, 'c'));
      const names = [];
      while (names.at(-1) !== 'a,b,c') names.push((await client.accept(typeUrl)).names.join());
      client.nack(await client.next(typeUrl));
      xds.remove(typeUrl, 'c');
      assert.deepEqual((await client.accept(typeUrl)).names, ['a', 'b']);
    });
  }

  it('rule 85: a rejected full state is not repeated as a renewal', async () => {
    const xds = await start({
      resources: [resource(CLUSTER, 'a', '1', { ttlMs: SOON }), resource(EDS, 'a', '1', { ttlMs: SOON })],
    });
    const client = connect(xds, 'sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    client.subscribe(EDS, ['a']);
    await client.accept(EDS);
    xds.put(resource(CLUSTER, 'bad'));
    let response = await client.next(CLUSTER);
    while (!response.names.includes('bad')) {
      client.ack(response);
      response = await client.next(CLUSTER);
    }
    client.nack(response);
    client.history.length = 0;
    for (let count = 0; count < 4; count += 1) await client.accept(EDS);
    assert.deepEqual(
      client.history.filter(({ typeUrl }) => typeUrl === CLUSTER),
      [],
    );
  });

  it('rule 85: a virtual host is renewed with its message, because one without does not exist', async () => {
    const xds = await start({ resources: [resource(VIRTUAL_HOST, 'rc/a', '1', { ttlMs: SOON })] });
    const client = connect(xds, 'delta');
    client.subscribe(VIRTUAL_HOST, ['rc/a']);
    for (let count = 0; count < 3; count += 1)
      assert.deepEqual(described(await client.accept(VIRTUAL_HOST)), [['rc/a', SOON, false, false]]);
  });

  it('rule 85: in state of the world, Envoy gets renewals with messages, because heartbeats have no effect there', async () => {
    const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: SOON })] });
    for (const mode of MODES) {
      const node = { id: 'test', userAgentName: 'envoy', clientFeatures: [TTL, WRAPPER] };
      const client = xds.connect(mode, { node });
      client.subscribe(EDS, ['a']);
      await client.accept(EDS);
      assert.deepEqual(described(await client.accept(EDS)), [['a', SOON, mode === 'sotw', mode === 'delta']]);
    }
  });

  it('rule 85: a client that does not read is sent no heartbeats until it does', async () => {
    const xds = await start({ resources: [resource(EDS, 'a', '1', { ttlMs: SOON })] });
    const written: ClientResponse[] = [];
    const method = xds.server
      .methods()
      .get('/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources');
    const sink = method?.({
      peer: 'test',
      write: (head, body) => {
        written.push(decodeResponse('delta', Buffer.concat([head, body])));
        return false;
      },
      end: () => undefined,
    });
    const node = { id: 'stuck', clientFeatures: [TTL] };
    sink?.received(encodeRequest('delta', { typeUrl: EDS, node, resourceNamesSubscribe: ['a'] }));
    const other = connect(xds, 'delta');
    other.subscribe(EDS, ['a']);
    await other.accept(EDS);
    assert.equal(written.length, 1);
    sink?.received(encodeRequest('delta', { typeUrl: EDS, responseNonce: written[0]?.nonce ?? '' }));
    for (let count = 0; count < 4; count += 1) await other.accept(EDS);
    assert.equal(written.length, 1);
    sink?.drained();
    assert.equal(written[1]?.resources[0]?.heartbeat, true);
    sink?.closed();
  });
});
