/** Resources with aliases: a subscription may use any of a resource's names, and is answered under the resource's own. */
import assert from 'node:assert/strict';
import { resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, ROUTE_CONFIGURATION, VIRTUAL_HOST } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const VHDS = '/envoy.service.route.v3.VirtualHostDiscoveryService/DeltaVirtualHosts';
const HOST = 'rc/shop';

function host(content: string, ...aliases: readonly string[]): ReturnType<typeof resource> {
  return resource(VIRTUAL_HOST, HOST, content, { aliases });
}

/** What the next response tells: names with their aliases, removed names with a minus, and names that do not exist with a question mark. */
async function told(client: XdsTestClient, typeUrl: string = VIRTUAL_HOST): Promise<readonly string[]> {
  const { resources, removed } = await client.accept(typeUrl);
  return [
    ...resources.map(({ name, aliases, heartbeat }) => {
      if (heartbeat) assert.deepEqual(aliases, [name], 'Envoy waits for its name among the aliases');
      return heartbeat ? `?${name}` : [name, ...aliases].join('=');
    }),
    ...removed.map((name) => `-${name}`),
  ];
}

overTransports('rule 72: aliases', (start) => {
  for (const path of [undefined, VHDS]) {
    describe(path === undefined ? 'on an aggregated stream' : 'on a stream of virtual hosts', () => {
      const options = path === undefined ? {} : { path };

      /** Silence that does not need another type. */
      async function silence(client: XdsTestClient): Promise<void> {
        client.subscribe(VIRTUAL_HOST, ['rc/sentinel']);
        assert.deepEqual(await told(client), ['?rc/sentinel']);
        assert.equal(client.pending, 0);
      }

      it('rule 72: a virtual host is sent for its name and for its aliases', async () => {
        const xds = await start({ resources: [host('1', 'rc/shop.example', 'rc/www.shop.example')] });
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['rc/www.shop.example']);
        assert.deepEqual(await told(client), ['rc/shop=rc/shop.example=rc/www.shop.example']);
        client.subscribe(VIRTUAL_HOST, ['rc/shop', 'rc/shop.example']);
        assert.deepEqual(await told(client), ['rc/shop=rc/shop.example=rc/www.shop.example']);
        xds.put(host('2', 'rc/shop.example', 'rc/www.shop.example'));
        assert.equal((await told(client)).length, 1);
        await silence(client);
      });

      it('rule 72: an unknown host is answered without a body, and sent when it is created', async () => {
        const xds = await start({ resources: [host('1', 'rc/shop.example')] });
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['rc/none', 'rc/shop.example']);
        assert.deepEqual(await told(client), ['rc/shop=rc/shop.example', '?rc/none']);
        xds.put(resource(VIRTUAL_HOST, 'rc/other', '1', { aliases: ['rc/none'] }));
        assert.deepEqual(await told(client), ['rc/other=rc/none']);
      });

      it('rule 72: a deleted virtual host is removed under its own name', async () => {
        const xds = await start({ resources: [host('1', 'rc/shop.example')] });
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['rc/shop.example']);
        await told(client);
        xds.remove(VIRTUAL_HOST, HOST);
        assert.deepEqual(await told(client), ['-rc/shop']);
        client.subscribe(VIRTUAL_HOST, ['rc/shop.example']);
        assert.deepEqual(await told(client), ['?rc/shop.example']);
        xds.put(host('1', 'rc/shop.example'));
        assert.deepEqual(await told(client), ['rc/shop=rc/shop.example']);
      });

      it('rule 72: a client that named only an alias gets a removal when the virtual host loses the alias', async () => {
        const xds = await start({ resources: [host('1', 'rc/a', 'rc/b')] });
        const [both, one] = [xds.connect('delta', options), xds.connect('delta', options)];
        both.subscribe(VIRTUAL_HOST, ['rc/a', 'rc/b']);
        one.subscribe(VIRTUAL_HOST, ['rc/b']);
        await told(both);
        await told(one);
        xds.put(host('1', 'rc/a'));
        assert.deepEqual(await told(both), ['rc/shop=rc/a']);
        assert.deepEqual(await told(one), ['-rc/shop']);
        xds.put(host('2', 'rc/a'));
        assert.deepEqual(await told(both), ['rc/shop=rc/a']);
        await silence(one);
        xds.put(host('2', 'rc/a', 'rc/b'));
        assert.deepEqual(await told(one), ['rc/shop=rc/a=rc/b']);
      });

      it('rule 72: a client that unsubscribed from the alias gets no more updates', async () => {
        const xds = await start({ resources: [host('1', 'rc/a', 'rc/b')] });
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['rc/a', 'rc/b']);
        await told(client);
        client.unsubscribe(VIRTUAL_HOST, ['rc/a']);
        xds.put(host('2', 'rc/a', 'rc/b'));
        assert.deepEqual(await told(client), ['rc/shop=rc/a=rc/b']);
        client.unsubscribe(VIRTUAL_HOST, ['rc/b']);
        await silence(client);
        xds.put(host('3', 'rc/a', 'rc/b'));
        await silence(client);
      });

      it('rule 72: Envoy names everything when it comes back, and gets only the hosts that it asks for', async () => {
        const xds = await start({ resources: [host('1'), resource(VIRTUAL_HOST, 'rc/other')] });
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['*', 'rc/shop']);
        assert.deepEqual(await told(client), ['rc/shop']);
        await silence(client);
      });

      it('rule 72: a client that reconnects with a deleted virtual host gets its removal', async () => {
        const xds = await start();
        const client = xds.connect('delta', options);
        client.subscribe(VIRTUAL_HOST, ['rc/shop.example'], { initialResourceVersions: { [HOST]: '1' } });
        assert.deepEqual(await told(client), ['?rc/shop.example', '-rc/shop']);
      });
    });
  }

  it("rule 72: a provider is asked for the alias in the client's spelling", async () => {
    const asked: string[] = [];
    const xds = await start({
      provider: {
        viewOf: () => '',
        open: (collection) => ({
          want: (name) => {
            asked.push(`+${name}`);
            collection.set(resource(VIRTUAL_HOST, 'rc/made', '1', { aliases: [name] }));
          },
          unwant: (name) => asked.push(`-${name}`),
          close: () => undefined,
        }),
      },
    });
    const client = xds.connect('delta', { path: VHDS });
    client.subscribe(VIRTUAL_HOST, ['rc/x']);
    assert.deepEqual(await told(client), ['rc/made=rc/x']);
    client.send({ typeUrl: VIRTUAL_HOST, resourceNamesSubscribe: ['rc/y'], resourceNamesUnsubscribe: ['rc/x'] });
    assert.deepEqual(await told(client), ['rc/made=rc/y']);
    assert.deepEqual(asked, ['+rc/x', '+rc/y', '-rc/x']);
  });

  it('rule 72: a removal under an alias waits for the routes like any other', async () => {
    const xds = await start({ resources: [host('1', 'rc/a'), resource(ROUTE_CONFIGURATION, 'rc', '1')] });
    const client = xds.connect('delta');
    client.subscribe(ROUTE_CONFIGURATION, ['rc']);
    await client.accept(ROUTE_CONFIGURATION);
    client.subscribe(VIRTUAL_HOST, ['rc/a']);
    await told(client);
    xds.server.transaction(() => {
      xds.put(host('1'), resource(ROUTE_CONFIGURATION, 'rc', '2'));
    });
    const routes = await client.next(ROUTE_CONFIGURATION);
    await client.expectSilence();
    client.ack(routes);
    assert.deepEqual(await told(client), ['-rc/shop']);
  });

  it('rule 72: aliases of other types, together with *, and after a change of the view', async () => {
    const view = { name: 'one' };
    const xds = await start({ store: { viewOf: () => view.name } });
    const put = (inView: string, name: string, alias: string): void =>
      xds.store.put(resource(EDS, name, '1', { aliases: [alias] }), inView);
    put('one', 'a', 'x');
    put('two', 'b', 'x');
    put('two', 'a', 'y');
    const client = xds.connect('delta');
    client.subscribe(EDS, ['x']);
    assert.deepEqual(await told(client, EDS), ['a=x']);
    view.name = 'two';
    xds.server.reassign();
    assert.deepEqual(await told(client, EDS), ['b=x', '-a']);
    await client.expectSilence();
    xds.store.put(resource(CLUSTER, 'c', '1', { aliases: ['d'] }), 'two');
    client.subscribe(CLUSTER, ['*', 'd']);
    assert.deepEqual(await told(client, CLUSTER), ['c=d']);
    client.unsubscribe(CLUSTER, ['d']);
    assert.deepEqual(await told(client, CLUSTER), ['c=d']);
    await client.expectSilence();
  });
});
