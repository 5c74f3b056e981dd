/** Connections: who is let in, how long it may stay, and what is left when it has gone. */
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { MODES, type TestServer, cluster, resource, overTransports } from '../../testing/xds/server.js';
import { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const NOTHING = {
  ...{ streams: 0, collections: 0, interests: 0, wantedNames: 0, tombstones: 0, batches: 0 },
  ...{ waiting: 0, renewing: 0, unresumed: 0, rejected: 0, rememberedBytes: 0 },
  ...{ loadStreams: 0, loadClusters: 0, queries: 0, healthWatchers: 0 },
  ...{ awaitingAdmission: 0, awaitingPreparation: 0 },
};

/** What the server still holds, but for cached bytes. */
function left(xds: TestServer): object {
  const { cachedBytes, ...stats } = xds.server.stats();
  assert.ok(cachedBytes >= 0);
  return stats;
}

overTransports('connections', (start) => {
  it('rule 93: the server sends pings, and closes connections of clients that do not answer', async () => {
    const xds = await start({ listen: { keepaliveMs: 5, keepaliveTimeoutMs: 5_000 } });
    const session = connect(`http://127.0.0.1:${String(xds.port)}`);
    await new Promise((resolve) => session.once('ping', resolve));
    session.destroy();
  });

  it('rule 93: a client may send pings often, and without streams', async () => {
    const xds = await start();
    const session = connect(`http://127.0.0.1:${String(xds.port)}`);
    await new Promise((resolve) => session.once('connect', resolve));
    for (let count = 0; count < 20; count += 1)
      await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
    assert.equal(session.destroyed, false);
    session.destroy();
  });

  for (const mode of MODES) {
    it(`rule 94: an old connection is closed gracefully, and nothing is sent again after the reconnect (${mode})`, async () => {
      const xds = await start({
        resources: [cluster('a')],
        listen: { maxConnectionAgeMs: 50, maxConnectionAgeGraceMs: 20 },
      });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      const { version, resources } = await client.accept(CLUSTER);
      assert.notEqual((await client.status).code, status.OK);
      const again = xds.connect(mode);
      const versions = Object.fromEntries(resources.map((item) => [item.name, item.version]));
      again.subscribe(CLUSTER, [], mode === 'sotw' ? { versionInfo: version } : { initialResourceVersions: versions });
      await again.expectSilence();
    });

    it(`rule 95: during shutdown, the server refuses new streams and ends existing ones (${mode})`, async () => {
      const xds = await start({ resources: [cluster('a')] });
      const clients = [xds.connect(mode), xds.connect(mode), xds.connect(mode)];
      for (const client of clients) {
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
      }
      await xds.server.drain(1_000);
      for (const client of clients) assert.equal((await client.status).code, status.UNAVAILABLE);
      assert.deepEqual(left(xds), NOTHING);
    });

    it(`rule 95: streams that the client keeps open are cut off at the end of the time (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', 'x'.repeat(3_000_000))] });
      const client = xds.connect(mode);
      client.pause();
      client.subscribe(EDS, ['a']);
      await until(xds, (stats) => stats.cachedBytes > 0);
      await xds.server.drain(30);
      assert.deepEqual(left(xds), NOTHING);
    });

    it(`rule 96: until the server is ready, streams end with UNAVAILABLE (${mode})`, async () => {
      let ready = false;
      const xds = await start({ resources: [cluster('a')], ready: () => ready });
      const early = xds.connect(mode);
      early.subscribe(CLUSTER);
      assert.equal((await early.status).code, status.UNAVAILABLE);
      assert.deepEqual(early.history, []);
      ready = true;
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
    });

    it(`rule 97: clusters that were rejected and are not subscribed to again are STALE (${mode})`, async () => {
      const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
      const before = xds.connect(mode);
      before.subscribe(CLUSTER);
      before.nack(await before.next(CLUSTER), 'not this one');
      await before.settle();
      before.halfClose();
      await before.status;
      const client = xds.connect(mode);
      client.subscribe(LISTENER);
      await client.accept(LISTENER);
      const clusters = (): unknown =>
        xds.server
          .clients()
          .flatMap(({ types }) =>
            types.filter(({ typeUrl }) => typeUrl === CLUSTER).map(({ state, error }) => [state, error?.message]),
          );
      assert.deepEqual(clusters(), [['STALE', 'not this one']]);
      client.subscribe(CLUSTER);
      assert.deepEqual((await client.accept(CLUSTER)).names, []);
      await client.settle();
      // It is not sent again what it rejected.
      assert.deepEqual(clusters(), [['STALE', undefined]]);
      xds.put(cluster('a', '2'));
      assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
      await client.settle();
      assert.deepEqual(clusters(), [['SYNCED', undefined]]);
      assert.deepEqual(xds.server.stats().unresumed, 0);
    });

    it(`rule 98: a client that does not read gets only the newest state once it reads again (${mode})`, async () => {
      const names = Array.from({ length: 10 }, (_, index) => `n${String(index)}`);
      const large = (content: string): ReturnType<typeof resource>[] =>
        names.map((name) => resource(EDS, name, content.repeat(300_000)));
      const xds = await start({ resources: large('1'), limits: { maxResponseBytes: 1 << 24 } });
      const client = xds.connect(mode);
      client.pause();
      client.subscribe(EDS, names);
      client.subscribe(LISTENER, ['late']);
      // The first response has been written, and not read.
      await until(xds, (stats) => stats.interests === 2 && stats.cachedBytes > 0);
      for (const content of ['2', '3', '4']) xds.put(...large(content), resource(LISTENER, 'late', content));
      client.resume();
      const first = await client.accept(EDS);
      const second = await client.accept(EDS);
      assert.deepEqual(
        [first, second].map(({ resources }) =>
          resources.map(({ value }) => String.fromCharCode(value.at(-1) ?? 0)).join(''),
        ),
        ['1'.repeat(10), '4'.repeat(10)],
      );
      await client.settle();
      const late = client.history.filter(({ typeUrl }) => typeUrl === LISTENER);
      assert.deepEqual(
        late.at(-1)?.resources.map(({ value }) => String.fromCharCode(value.at(-1) ?? 0)),
        ['4'],
      );
    });
  }

  it('rule 99: a broken connection leaves nothing behind', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    client.close();
    await until(xds, ({ streams }) => streams === 0);
    assert.deepEqual(left(xds), NOTHING);
  });

  it('rule 100: streams beyond the limit are refused, and accepted later', async () => {
    const xds = await start({ resources: [cluster('a')], limits: { maxStreams: 1 } });
    const one = xds.connect('sotw');
    one.subscribe(CLUSTER);
    await one.accept(CLUSTER);
    const other = xds.connect('sotw');
    other.subscribe(CLUSTER);
    assert.equal((await other.status).code, status.RESOURCE_EXHAUSTED);
    one.halfClose();
    await one.status;
    const again = xds.connect('sotw');
    again.subscribe(CLUSTER);
    await again.accept(CLUSTER);
  });

  for (const mode of MODES)
    it(`rule 100: many new streams are accepted at a limited rate, in order, and none is refused (${mode})`, async () => {
      const refused: number[] = [];
      const xds = await start({
        resources: [cluster('a')],
        limits: { newStreamsPerSecond: 2 },
        events: { streamRefused: (_peer, code) => refused.push(code) },
      });
      // Four at once, the others within two seconds.
      const clients = Array.from({ length: 8 }, () => xds.connect(mode));
      for (const client of clients) client.subscribe(CLUSTER);
      await Promise.all(clients.map((client) => client.accept(CLUSTER)));
      assert.deepEqual([refused, xds.server.stats().awaitingAdmission], [[], 0]);
    });

  it('rule 100: new streams beyond those that wait are refused, and nothing is left of those that leave', async () => {
    const refused: number[] = [];
    const xds = await start({
      resources: [cluster('a')],
      limits: { newStreamsPerSecond: 0.001 },
      events: { streamRefused: (_peer, code) => refused.push(code) },
    });
    const waiting = xds.connect('sotw');
    waiting.subscribe(CLUSTER);
    await until(xds, ({ awaitingAdmission }) => awaitingAdmission === 1);
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    assert.equal((await client.status).code, status.UNAVAILABLE);
    assert.deepEqual(refused, [status.UNAVAILABLE]);
    waiting.close();
    await until(xds, ({ awaitingAdmission }) => awaitingAdmission === 0);
    assert.deepEqual(left(xds), NOTHING);
  });

  it('rule 95: streams that wait to be admitted are refused when the server shuts down', async () => {
    const xds = await start({ resources: [cluster('a')], limits: { newStreamsPerSecond: 0.001 } });
    const waiting = xds.connect('sotw');
    waiting.subscribe(CLUSTER);
    await until(xds, ({ awaitingAdmission }) => awaitingAdmission === 1);
    const drained = xds.server.drain(5_000);
    assert.equal((await waiting.status).code, status.UNAVAILABLE);
    await drained;
    assert.deepEqual(left(xds), NOTHING);
  });

  it('an invalid message ends its stream only, with INVALID_ARGUMENT', async () => {
    const xds = await start({ resources: [cluster('a')] });
    for (const mode of MODES) {
      for (const bytes of ['0a', '0aff01', 'ffffffffffffffffffffff', '1a05616263', '07', '120a0a80808080'].map((hex) =>
        Buffer.from(hex, 'hex'),
      )) {
        const client = xds.connect(mode);
        client.sendBytes(bytes);
        assert.equal((await client.status).code, status.INVALID_ARGUMENT);
      }
    }
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
  });

  it('too many names or types end the stream with a status', async () => {
    const xds = await start({ limits: { maxNames: 2, maxTypes: 2 } });
    for (const mode of MODES) {
      const many = xds.connect(mode);
      many.subscribe(EDS, ['a', 'b', 'c']);
      assert.equal((await many.status).code, status.RESOURCE_EXHAUSTED);
      const types = xds.connect(mode);
      for (const name of ['a', 'b', 'c']) types.subscribe(`type.googleapis.com/test.${name}`, ['x']);
      assert.equal((await types.status).code, status.RESOURCE_EXHAUSTED);
    }
  });

  it('an error of the provider ends the affected stream, and is logged', async () => {
    const logged: string[] = [];
    const provider = {
      viewOf: () => 'v',
      open: () => {
        throw new Error('our mistake');
      },
    };
    const xds = await start({ provider, logger: { error: (_details, message) => logged.push(message) } });
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    assert.equal((await client.status).code, status.INTERNAL);
    assert.equal(logged.length, 1);
    assert.deepEqual(left(xds), NOTHING);
  });

  it('a server of @grpc/grpc-js can serve the methods', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const grpc = new Server();
    xds.server.addTo(grpc);
    const port = await new Promise<number>((resolve, reject) => {
      grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const client = new XdsTestClient(port, { mode: 'delta' });
    client.subscribe(CLUSTER);
    assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
    xds.put(cluster('b'));
    assert.deepEqual((await client.accept(CLUSTER)).names, ['b']);
    client.close();
    await until(xds, ({ streams }) => streams === 0);
    grpc.forceShutdown();
  });

  it('other requests and unknown methods are answered as gRPC specifies', async () => {
    const xds = await start();
    const session = connect(`http://127.0.0.1:${String(xds.port)}`);
    const answer = (headers: Record<string, string>): Promise<Record<string, unknown>> =>
      new Promise((resolve) =>
        session.request({ ':method': 'POST', ...headers }).once('response', (answered) => resolve(answered)),
      );
    assert.equal((await answer({ ':path': '/x' }))[':status'], 415);
    assert.equal((await answer({ ':path': '/x/y', 'content-type': 'application/grpc' }))['grpc-status'], '12');
    session.close();
  });
});

/** Waits, turn by turn of the event loop, until the server is in this state. */
async function until(
  xds: TestServer,
  reached: (stats: ReturnType<TestServer['server']['stats']>) => boolean,
): Promise<void> {
  while (!reached(xds.server.stats())) await new Promise((resolve) => setImmediate(resolve));
}
