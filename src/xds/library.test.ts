/** What programs that use the server as a library rely on: the store and its views, transactions, events, an own gRPC server. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { MODES, cluster, resource, testServers } from '../testing/xds/server.js';
import { XdsTestClient } from '../testing/xds/client.js';
import { serveByGrpcJs } from '../testing/xds/grpc-js-server.js';
import { ResourceStore, XdsServer } from './index.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from './protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

describe('the store', () => {
  const start = testServers();

  for (const mode of MODES) {
    it(`shows each node its view, and a transaction as one change (${mode})`, async () => {
      const xds = await start({ store: { viewOf: ({ cluster: key }) => key } });
      const [one, other] = ['1', '2'].map((key) => xds.connect(mode, { node: { id: key, cluster: key } }));
      one!.subscribe(CLUSTER);
      other!.subscribe(CLUSTER);
      await one!.accept(CLUSTER);
      await other!.accept(CLUSTER);
      xds.server.transaction(() => {
        xds.store.put(cluster('a'), '1');
        xds.store.put(cluster('b'), '1');
        xds.store.put(cluster('c'), '2');
      });
      assert.deepEqual((await one!.accept(CLUSTER)).names, ['a', 'b']);
      assert.deepEqual((await other!.accept(CLUSTER)).names, ['c']);
    });

    it(`replaces all resources of a type in one change (${mode})`, async () => {
      const xds = await start({ resources: [cluster('a'), cluster('b')] });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      xds.server.transaction(() => xds.store.replace(CLUSTER, [cluster('b'), cluster('c')]));
      const { names, removed } = await client.accept(CLUSTER);
      assert.deepEqual([names, removed], mode === 'sotw' ? [['b', 'c'], []] : [['c'], ['a']]);
      assert.deepEqual(xds.store.names(CLUSTER), ['b', 'c']);
    });

    it(`serves several servers (${mode})`, async () => {
      const store = new ResourceStore();
      const servers = [await start({ provider: store }), await start({ provider: store })];
      const clients = servers.map((server) => server.connect(mode));
      for (const client of clients) {
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
      }
      store.put(cluster('a'));
      for (const client of clients) assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
      clients[0]!.halfClose();
      await clients[0]!.status;
      store.put(cluster('b', '2'));
      assert.ok((await clients[1]!.accept(CLUSTER)).names.includes('b'));
    });

    it(`uses given versions (${mode})`, async () => {
      const xds = await start({ resources: [resource(EDS, 'a', '1', { version: 'v1' })] });
      const client = xds.connect(mode);
      client.subscribe(EDS, ['a']);
      await client.accept(EDS);
      xds.put(resource(EDS, 'a', '2', { version: 'v1' }));
      await client.expectSilence();
      assert.equal(xds.store.get(EDS, 'a')?.value.at(-1), '1'.charCodeAt(0));
      xds.put(resource(EDS, 'a', '3', { version: 'v2' }));
      const [sent] = (await client.accept(EDS)).resources;
      assert.deepEqual([sent?.version, sent?.value.at(-1)], [mode === 'delta' ? 'v2' : '', '3'.charCodeAt(0)]);
    });
  }

  it('keeps nothing of removed resources, nor of views that were only read', async () => {
    const xds = await start();
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    xds.put(cluster('a'));
    xds.remove(CLUSTER, 'a', 'never there');
    assert.deepEqual(xds.store.names(CLUSTER), []);
    assert.equal(xds.store.get(CLUSTER, 'a'), undefined);
  });

  it('rejects all resources if one has another type', () => {
    const store = new ResourceStore();
    assert.throws(() => store.replace(CLUSTER, [cluster('a'), resource(EDS, 'a')]), TypeError);
    assert.deepEqual(store.names(CLUSTER), []);
  });
});

describe('a transaction', () => {
  it('is synchronous', () => {
    const server = new XdsServer({ provider: new ResourceStore() });
    assert.throws(() => server.transaction(() => Promise.resolve()), TypeError);
  });

  it('keeps the changes before an error, and throws the error', async () => {
    const store = new ResourceStore();
    const server = new XdsServer({ provider: store });
    const fail = (): void => {
      store.put(cluster('a'));
      throw new Error('mine');
    };
    assert.throws(() => server.transaction(fail), /mine/);
    assert.deepEqual(store.names(CLUSTER), ['a']);
  });
});

describe('events', () => {
  const start = testServers();

  for (const mode of MODES) {
    it(`report a stream from its first request to its end (${mode})`, async () => {
      const told: unknown[] = [];
      let ended = (): void => undefined;
      const closed = new Promise<void>((resolve) => (ended = resolve));
      const xds = await start({
        resources: [cluster('a')],
        events: {
          connected: ({ node }) => told.push(['connected', node.id]),
          subscribed: (_client, typeUrl) => told.push(['subscribed', typeUrl]),
          sent: (_client, typeUrl, { resources, removed }) => told.push(['sent', typeUrl, resources, removed]),
          acked: (_client, typeUrl, _version, seconds) => told.push(['acked', typeUrl, seconds >= 0]),
          nacked: (_client, typeUrl, _version, message, names) => told.push(['nacked', typeUrl, message, names]),
          disconnected: ({ node }) => {
            told.push(['disconnected', node.id]);
            ended();
          },
        },
      });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      xds.put(cluster('a', '2'));
      client.nack(await client.next(CLUSTER), 'not so');
      client.halfClose();
      await closed;
      assert.deepEqual(told, [
        ['connected', 'test'],
        ['subscribed', CLUSTER],
        ['sent', CLUSTER, 1, 0],
        ['acked', CLUSTER, true],
        ['sent', CLUSTER, 1, 0],
        ['nacked', CLUSTER, 'not so', ['a']],
        ['disconnected', 'test'],
      ]);
    });

    it(`of handlers that throw change nothing, and the errors are logged (${mode})`, async () => {
      const logged: string[] = [];
      const fail = (): void => {
        throw new Error('mine');
      };
      const xds = await start({
        resources: [cluster('a')],
        events: {
          connected: fail,
          subscribed: fail,
          sent: fail,
          acked: fail,
          nacked: fail,
          disconnected: fail,
          streamRefused: fail,
        },
        logger: { error: (_details, message) => logged.push(message) },
      });
      const client = xds.connect(mode);
      client.subscribe(CLUSTER);
      await client.accept(CLUSTER);
      xds.put(cluster('a', '2'));
      client.nack(await client.next(CLUSTER));
      client.sendBytes(Buffer.from('0a', 'hex'));
      assert.equal((await client.status).code, status.INVALID_ARGUMENT);
      const { streams, collections, interests } = xds.server.stats();
      assert.deepEqual([streams, collections, interests], [0, 0, 0]);
      assert.deepEqual(new Set(logged), new Set(['a handler of events failed']));
      assert.equal(logged.length, 8);
    });
  }
});

describe('a server of @grpc/grpc-js', () => {
  for (const mode of MODES) {
    it(`is drained too: its streams end evenly over the time (${mode})`, async () => {
      const store = new ResourceStore();
      const server = new XdsServer({ provider: store });
      const { port, close } = await serveByGrpcJs(server);
      const clients = Array.from({ length: 3 }, () => new XdsTestClient(port, { mode }));
      for (const client of clients) {
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
      }
      const drained = server.drain(600_000);
      assert.equal((await clients[0]!.status).code, status.UNAVAILABLE);
      assert.equal(server.stats().streams, 2);
      for (const client of clients) client.close();
      await drained;
      assert.equal(server.stats().streams, 0);
      close();
    });
  }
});
