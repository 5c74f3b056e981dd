/** What is removed goes last: a cluster leaves when the client has accepted the routes that do without it. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overTransports('rule 77: removal', (start) => {
  async function ready(xds: TestServer, mode: (typeof MODES)[number]): Promise<XdsTestClient> {
    const client = xds.connect(mode);
    for (const [typeUrl, names] of [
      [CLUSTER, []],
      [EDS, ['x', 'y']],
      [LISTENER, []],
      [ROUTE_CONFIGURATION, ['r']],
    ] as const) {
      client.subscribe(typeUrl, names);
      await client.accept(typeUrl);
    }
    return client;
  }

  function world(): ReturnType<typeof resource>[] {
    return [
      resource(CLUSTER, 'x'),
      resource(EDS, 'x'),
      resource(LISTENER, 'l'),
      resource(ROUTE_CONFIGURATION, 'r', 'to x'),
    ];
  }

  /** The route goes from x to y, and x goes. */
  function shift(xds: TestServer): void {
    xds.server.transaction(() => {
      xds.put(resource(CLUSTER, 'y'), resource(EDS, 'y'), resource(ROUTE_CONFIGURATION, 'r', 'to y'));
      xds.remove(CLUSTER, 'x');
      xds.remove(EDS, 'x');
    });
  }

  for (const mode of MODES) {
    describe(mode, () => {
      const added = mode === 'sotw' ? ['x', 'y'] : ['y'];

      it('the old cluster is removed after the route is accepted', async () => {
        const xds = await start({ resources: world() });
        const client = await ready(xds, mode);
        shift(xds);
        const clusters = await client.accept(CLUSTER);
        assert.deepEqual([clusters.names, clusters.removed], [added, []]);
        assert.deepEqual((await client.accept(EDS)).names, ['y']);
        const route = await client.next(ROUTE_CONFIGURATION);
        await client.expectSilence();
        client.ack(route);
        const last = await client.accept(CLUSTER);
        assert.deepEqual([last.names, last.removed], mode === 'sotw' ? [['y'], []] : [[], ['x']]);
        if (mode === 'delta') assert.deepEqual((await client.accept(EDS)).removed, ['x']);
        await client.expectSilence();
      });

      it('the old cluster stays while the client rejects the route, and is removed when it accepts another', async () => {
        const xds = await start({ resources: world(), limits: { orderDeadlineMs: 300 } });
        const client = await ready(xds, mode);
        const silent = await ready(xds, mode);
        shift(xds);
        for (const each of [client, silent]) {
          await each.accept(CLUSTER);
          await each.accept(EDS);
        }
        client.nack(await client.next(ROUTE_CONFIGURATION));
        // When one that does not answer has been waited for, the deadline has passed for the other, too.
        await silent.next(CLUSTER);
        await client.expectSilence();
        xds.put(resource(ROUTE_CONFIGURATION, 'r', 'to y, mended'));
        await client.accept(ROUTE_CONFIGURATION);
        const last = await client.accept(CLUSTER);
        assert.deepEqual(mode === 'sotw' ? last.names : last.removed, mode === 'sotw' ? ['y'] : ['x']);
      });

      it('the removal waits for a client without answers no longer than the deadline', async () => {
        const xds = await start({ resources: world(), limits: { orderDeadlineMs: 20 } });
        const client = await ready(xds, mode);
        shift(xds);
        await client.accept(CLUSTER);
        await client.accept(EDS);
        await client.next(ROUTE_CONFIGURATION);
        const last = await client.accept(CLUSTER);
        assert.deepEqual(mode === 'sotw' ? last.names : last.removed, mode === 'sotw' ? ['y'] : ['x']);
      });

      it('a cluster that is added again in the meantime is not removed', async () => {
        const xds = await start({ resources: world() });
        const client = await ready(xds, mode);
        shift(xds);
        await client.accept(CLUSTER);
        await client.accept(EDS);
        const route = await client.next(ROUTE_CONFIGURATION);
        xds.put(resource(CLUSTER, 'x', '2'));
        const clusters = await client.accept(CLUSTER);
        assert.deepEqual(clusters.names, mode === 'sotw' ? ['x', 'y'] : ['x']);
        client.ack(route);
        await client.settle();
        assert.deepEqual(
          client.history.filter(({ removed }) => removed.includes('x')).map(({ typeUrl }) => typeUrl),
          mode === 'delta' ? [EDS] : [],
        );
      });

      it('the removal of a listener is acknowledged before its route, cluster and endpoints are removed', async () => {
        const xds = await start({ resources: world() });
        const client = await ready(xds, mode);
        xds.server.transaction(() => {
          for (const { typeUrl, name } of world()) xds.store.remove(typeUrl, name);
        });
        const listeners = await client.next(LISTENER);
        assert.deepEqual([listeners.names, listeners.removed], [[], mode === 'sotw' ? [] : ['l']]);
        await client.expectSilence();
        client.ack(listeners);
        if (mode === 'sotw') {
          // It holds its route until it says that it needs none: that alone lets the cluster go.
          await client.expectSilence();
          client.subscribe(ROUTE_CONFIGURATION, []);
        }
        const rest = mode === 'sotw' ? [CLUSTER] : [ROUTE_CONFIGURATION, CLUSTER, EDS];
        for (const typeUrl of rest) {
          const response = await client.next(typeUrl);
          await client.expectSilence();
          client.ack(response);
        }
        await client.expectSilence();
      });

      it('a cluster without routes to wait for is removed at once', async () => {
        const xds = await start({ resources: world() });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        xds.remove(CLUSTER, 'x');
        const last = await client.accept(CLUSTER);
        assert.deepEqual([last.names, last.removed], mode === 'sotw' ? [[], []] : [[], ['x']]);
      });

      it('changes in the meantime are sent, and the version describes what the client has', async () => {
        const xds = await start({ resources: world() });
        const client = await ready(xds, mode);
        shift(xds);
        const union = await client.accept(CLUSTER);
        await client.accept(EDS);
        const route = await client.next(ROUTE_CONFIGURATION);
        xds.put(resource(CLUSTER, 'z'));
        const clusters = await client.accept(CLUSTER);
        assert.deepEqual(clusters.names, mode === 'sotw' ? ['x', 'y', 'z'] : ['z']);
        client.ack(route);
        const last = await client.accept(CLUSTER);
        assert.deepEqual(last.names, mode === 'sotw' ? ['y', 'z'] : []);
        if (mode === 'sotw') assert.equal(new Set([union.version, clusters.version, last.version]).size, 3);
      });
    });
  }

  it('an incremental client that reconnects keeps an old cluster until it has the new routes', async () => {
    const xds = await start({
      resources: [resource(CLUSTER, 'y'), resource(LISTENER, 'l'), resource(ROUTE_CONFIGURATION, 'r', 'to y')],
    });
    const client = xds.connect('delta');
    client.subscribe(LISTENER, [], { initialResourceVersions: { l: 'old' } });
    client.subscribe(ROUTE_CONFIGURATION, ['r'], { initialResourceVersions: { r: 'to x' } });
    const [listeners, routes] = [await client.next(LISTENER), await client.next(ROUTE_CONFIGURATION)];
    client.subscribe(CLUSTER, [], { initialResourceVersions: { x: '1' } });
    const first = await client.accept(CLUSTER);
    assert.deepEqual([first.names, first.removed], [['y'], []]);
    client.ack(listeners);
    await client.expectSilence();
    client.ack(routes);
    assert.deepEqual((await client.accept(CLUSTER)).removed, ['x']);
  });

  it('a route configuration is removed after the client accepted its listener without it, and a virtual host after its routes', async () => {
    const xds = await start({
      resources: [resource(LISTENER, 'l', 'to r'), resource(ROUTE_CONFIGURATION, 'r'), resource(VIRTUAL_HOST, 'r/h')],
    });
    const client = xds.connect('delta');
    for (const [typeUrl, names] of [
      [LISTENER, []],
      [ROUTE_CONFIGURATION, ['r', 's']],
      [VIRTUAL_HOST, ['r/h']],
    ] as const) {
      client.subscribe(typeUrl, names);
      await client.accept(typeUrl);
    }
    xds.server.transaction(() => {
      xds.put(resource(LISTENER, 'l', 'to s'), resource(ROUTE_CONFIGURATION, 's'));
      xds.remove(ROUTE_CONFIGURATION, 'r');
      xds.remove(VIRTUAL_HOST, 'r/h');
    });
    const listeners = await client.next(LISTENER);
    const added = await client.accept(ROUTE_CONFIGURATION);
    assert.deepEqual([added.names, added.removed], [['s'], []]);
    await client.expectSilence();
    client.ack(listeners);
    const routes = await client.next(ROUTE_CONFIGURATION);
    assert.deepEqual([routes.names, routes.removed], [[], ['r']]);
    await client.expectSilence();
    client.ack(routes);
    assert.deepEqual((await client.accept(VIRTUAL_HOST)).removed, ['r/h']);
    await client.expectSilence();
  });
});
