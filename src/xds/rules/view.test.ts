/** Views: what a node sees may become another, and the client is told the difference, in the same order as any change. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, cluster, resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { XdsNode } from '../wire/xds-node.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overTransports('views', (start) => {
  let views: Map<string, string>;
  let xds: TestServer;

  beforeEach(async () => {
    views = new Map();
    xds = await start({ store: { viewOf: ({ id }: XdsNode) => views.get(id) ?? 'one' } });
  });

  async function connected(mode: (typeof MODES)[number], ...types: readonly string[]): Promise<XdsTestClient> {
    const client = xds.connect(mode);
    for (const typeUrl of types) {
      client.subscribe(typeUrl, typeUrl === EDS ? ['a', 'b', 'c'] : typeUrl === ROUTE_CONFIGURATION ? ['r'] : []);
      await client.accept(typeUrl);
    }
    await client.settle();
    return client;
  }

  function move(id: string, view: string): void {
    views.set(id, view);
    xds.server.reassign();
  }

  for (const mode of MODES) {
    describe(mode, () => {
      it('a node whose view changes is sent the differences', async () => {
        for (const view of ['one', 'two']) xds.store.put(resource(CLUSTER, 'same'), view);
        xds.store.put(resource(CLUSTER, 'changed', '1'), 'one');
        xds.store.put(resource(CLUSTER, 'changed', '2'), 'two');
        xds.store.put(resource(CLUSTER, 'old'), 'one');
        xds.store.put(resource(CLUSTER, 'new'), 'two');
        const client = await connected(mode, CLUSTER);
        move('test', 'two');
        const { names, removed, version } = await client.accept(CLUSTER);
        assert.deepEqual(
          [names, removed],
          mode === 'sotw' ? [['changed', 'new', 'same'], []] : [['changed', 'new'], ['old']],
        );
        await client.expectSilence();
        const other = xds.connect(mode);
        other.subscribe(CLUSTER);
        assert.equal((await other.accept(CLUSTER)).version, version);
        assert.equal(xds.server.clients()[0]?.types[0]?.view, 'two');
        xds.store.put(resource(CLUSTER, 'old', '2'), 'one');
        await client.expectSilence();
        xds.store.put(resource(CLUSTER, 'new', '2'), 'two');
        assert.ok((await client.accept(CLUSTER)).names.includes('new'));
      });

      it('views with the same resources have no differences', async () => {
        for (const view of ['one', 'two']) {
          xds.store.put(cluster('a'), view);
          xds.store.put(resource(EDS, 'a'), view);
        }
        const client = await connected(mode, CLUSTER, EDS);
        move('test', 'two');
        assert.equal(xds.server.clients()[0]?.types[0]?.view, 'two');
        await client.expectSilence();
      });

      it('the differences are sent in the order of types, removals last', async () => {
        for (const [view, name] of [
          ['one', 'a'],
          ['two', 'b'],
        ] as const) {
          xds.store.put(cluster(name), view);
          xds.store.put(resource(EDS, name), view);
          xds.store.put(resource(LISTENER, 'l', name), view);
          xds.store.put(resource(ROUTE_CONFIGURATION, 'r', name), view);
        }
        const client = await connected(mode, CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION);
        move('test', 'two');
        const clusters = await client.accept(CLUSTER);
        assert.deepEqual([clusters.names, clusters.removed], mode === 'sotw' ? [['a', 'b'], []] : [['b'], []]);
        await client.accept(EDS);
        await client.accept(LISTENER);
        const route = await client.next(ROUTE_CONFIGURATION);
        await client.expectSilence();
        client.ack(route);
        const last = await client.accept(CLUSTER);
        assert.deepEqual([last.names, last.removed], mode === 'sotw' ? [['b'], []] : [[], ['a']]);
      });

      it('a node whose view changes while a response is in flight ends up with the new view', async () => {
        xds.store.put(resource(EDS, 'a', '1'), 'one');
        xds.store.put(resource(EDS, 'a', '1'), 'two');
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a']);
        const first = await client.next(EDS);
        xds.store.put(resource(EDS, 'a', '2'), 'one');
        move('test', 'two');
        await client.expectSilence();
        client.ack(first);
        const content = async (): Promise<string | undefined> =>
          (await client.accept(EDS)).resources[0]?.value.toString().at(-1);
        await client.expectSilence();
        move('test', 'one');
        assert.equal(await content(), '2');
        await client.expectSilence();
      });

      it('a view with many nodes is opened once, and closed after the last one', async () => {
        xds.store.put(cluster('a'), 'one');
        const clients = [xds.connect(mode), xds.connect(mode)];
        for (const client of clients) {
          client.subscribe(CLUSTER);
          await client.accept(CLUSTER);
        }
        assert.deepEqual([xds.server.stats().collections, xds.server.stats().interests], [1, 1]);
        for (const client of clients) {
          client.halfClose();
          await client.status;
        }
        assert.equal(xds.server.stats().collections, 0);
      });
    });
  }
});
