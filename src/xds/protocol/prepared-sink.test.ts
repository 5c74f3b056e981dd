/** Requests wait until the provider has prepared what they ask for. The test decides when. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import {
  MODES,
  type TestServer,
  type TestServerOptions,
  cluster,
  overTransports,
  resource,
} from '../../testing/xds/server.js';
import { CLUSTER, LISTENER, type ResourceProvider, ResourceStore, STATUS } from '../index.js';

/** What a provider was asked to prepare. */
interface Asked {
  readonly id: string;
  readonly typeUrl: string;
  readonly end: (error?: Error) => void;
}

function preparing(names: readonly string[] = ['a']): {
  readonly provider: ResourceProvider;
  readonly store: ResourceStore;
  readonly asked: Asked[];
} {
  const store = new ResourceStore();
  for (const name of names) store.put(cluster(name));
  store.put(resource(LISTENER, 'l'));
  const asked: Asked[] = [];
  const provider: ResourceProvider = {
    viewOf: (node, typeUrl) => store.viewOf(node, typeUrl),
    open: (collection) => store.open(collection),
    prepare: ({ id }, typeUrl) => {
      if (id === 'ready') return undefined;
      return new Promise((resolve, reject) => {
        asked.push({ id, typeUrl, end: (error) => (error ? reject(error) : resolve()) });
      });
    },
  };
  return { provider, store, asked };
}

overTransports('promise 11: what a provider prepares', (start) => {
  const serve = async (
    options: TestServerOptions = {},
  ): Promise<{ readonly xds: TestServer } & ReturnType<typeof preparing>> => {
    const prepared = preparing();
    return { xds: await start({ provider: prepared.provider, ...options }), ...prepared };
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await turn();
  };

  for (const mode of MODES) {
    it(`makes the requests of its stream wait, in order; streams of others go on (${mode})`, async () => {
      const { xds, asked } = await serve();
      const waiting = xds.connect(mode, { node: { id: 'new' } });
      waiting.subscribe(CLUSTER);
      waiting.subscribe(LISTENER);
      await until(() => asked.length === 1);
      assert.deepEqual([xds.server.stats().awaitingPreparation, xds.server.connected().length], [1, 0]);
      const other = xds.connect(mode, { node: { id: 'ready' } });
      other.subscribe(CLUSTER);
      await other.accept(CLUSTER);
      assert.equal(waiting.history.length, 0);
      asked[0]?.end();
      await waiting.accept(CLUSTER);
      await until(() => asked.length === 2);
      assert.equal(xds.server.stats().awaitingPreparation, 1);
      asked[1]?.end();
      await waiting.accept(LISTENER);
      assert.deepEqual(
        asked.map(({ id, typeUrl }) => [id, typeUrl]),
        [
          ['new', CLUSTER],
          ['new', LISTENER],
        ],
      );
      assert.equal(xds.server.stats().awaitingPreparation, 0);
    });

    it(`is left behind by a client that leaves, and awaited no more (${mode})`, async () => {
      const { xds, asked } = await serve();
      const client = xds.connect(mode, { node: { id: 'new' } });
      client.subscribe(CLUSTER);
      await until(() => asked.length === 1);
      client.close();
      await until(() => xds.server.stats().streams === 0);
      assert.equal(xds.server.stats().awaitingPreparation, 0);
      asked[0]?.end();
      await turn();
      assert.equal(xds.server.stats().interests, 0);
    });

    it(`is awaited by a client that has ended its requests, which is answered then (${mode})`, async () => {
      const { xds, asked } = await serve();
      const client = xds.connect(mode, { node: { id: 'new' } });
      client.subscribe(CLUSTER);
      client.halfClose();
      await until(() => asked.length === 1);
      asked[0]?.end();
      await client.next(CLUSTER);
      assert.equal((await client.status).code, STATUS.ok);
    });
  }

  it('and fails to, is logged, and the requests go on', async () => {
    const errors: object[] = [];
    const { xds, asked } = await serve({ logger: { error: (details) => errors.push(details) } });
    const client = xds.connect('sotw', { node: { id: 'new' } });
    client.subscribe(CLUSTER);
    await until(() => asked.length === 1);
    const error = new Error('no connection');
    asked[0]?.end(error);
    await client.next(CLUSTER);
    assert.deepEqual(errors, [{ err: error }]);
  });

  it('is not prepared for a client that may not be the node', async () => {
    const { xds, asked } = await serve({
      authenticate: () => ({ name: 'somebody', seesAllClients: false, nodeRefusal: () => 'another node' }),
    });
    const client = xds.connect('delta', { node: { id: 'new' } });
    client.subscribe(CLUSTER);
    assert.equal((await client.status).code, STATUS.permissionDenied);
    assert.deepEqual(asked, []);
  });

  it('is not awaited beyond a number of bytes: nobody is refused for it', async () => {
    const { xds, asked } = await serve({ limits: { maxWaitingBytes: 10 } });
    const client = xds.connect('sotw', { node: { id: 'new' } });
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    assert.equal(asked.length, 1);
    assert.equal(xds.server.stats().awaitingPreparation, 0);
  });

  it('is asked for with the first requests of a stream only', async () => {
    const { xds, asked } = await serve();
    const client = xds.connect('delta', { node: { id: 'new' } });
    for (let count = 0; count < 40; count += 1) {
      client.subscribe(`type.googleapis.com/test.T${String(count)}`, ['x']);
      await until(() => asked.length === Math.min(count + 1, 32));
      asked[count]?.end();
    }
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    assert.equal(asked.length, 32);
  });

  it('a request that is not one ends its stream as ever', async () => {
    const { xds, asked } = await serve();
    const client = xds.connect('sotw');
    client.sendBytes(Buffer.from('0aff01', 'hex'));
    assert.equal((await client.status).code, STATUS.invalidArgument);
    assert.deepEqual(asked, []);
  });
});
