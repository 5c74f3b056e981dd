/** Clusters on demand: named one by one, beside everything or without it. */
import assert from 'node:assert/strict';
import { cluster, resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { EncodedResource } from '../resources/resource.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const CDS = '/envoy.service.cluster.v3.ClusterDiscoveryService/DeltaClusters';

async function told(client: XdsTestClient, typeUrl = CLUSTER): Promise<readonly (readonly string[])[]> {
  const { names, removed } = await client.accept(typeUrl);
  return [names, removed];
}

overTransports('rule 75: clusters on demand', (start) => {
  for (const options of [{}, { path: CDS }]) {
    const title = 'path' in options ? 'separate' : 'aggregated';

    it(`rule 75: a restarted server answers with removals for deleted clusters (${title})`, async () => {
      const before = await start({ resources: [cluster('kept'), cluster('gone')] });
      const first = before.connect('delta', options);
      first.subscribe(CLUSTER, ['kept', 'gone']);
      const { resources } = await first.accept(CLUSTER);
      await before.close();
      const wanted: string[] = [];
      const kept = cluster('kept');
      const after = await start({
        provider: {
          viewOf: () => '',
          open: (collection) => {
            if (collection.typeUrl !== CLUSTER) return undefined;
            collection.set(kept);
            return { want: (name) => wanted.push(name), close: () => undefined };
          },
        },
      });
      const second = after.connect('delta', options);
      second.subscribe(CLUSTER, ['kept', 'gone'], {
        initialResourceVersions: Object.fromEntries(resources.map(({ name, version }) => [name, version])),
      });
      assert.deepEqual(await told(second), [[], ['gone']]);
      assert.deepEqual(wanted, ['kept', 'gone']);
      second.subscribe(CLUSTER, ['gone']);
      assert.deepEqual(await told(second), [[], ['gone']]);
      const third = after.connect('delta', options);
      third.subscribe(CLUSTER, ['gone']);
      assert.deepEqual(await told(third), [[], ['gone']]);
      assert.equal(second.pending, 0);
    });

    it(`rule 75: names are answered at once, one after the other (${title})`, async () => {
      const xds = await start({ resources: [cluster('a'), cluster('b'), cluster('c')] });
      const client = xds.connect('delta', options);
      client.subscribe(CLUSTER, ['a']);
      assert.deepEqual(await told(client), [['a'], []]);
      client.subscribe(CLUSTER, ['b', 'later']);
      assert.deepEqual(await told(client), [['b'], ['later']]);
      xds.put(cluster('c', '2'), cluster('later'));
      assert.deepEqual(await told(client), [['later'], []]);
      client.unsubscribe(CLUSTER, ['b']);
      client.subscribe(CLUSTER, ['nothing']);
      assert.deepEqual(await told(client), [[], ['nothing']]);
      xds.remove(CLUSTER, 'b', 'a');
      assert.deepEqual(await told(client), [[], ['a']]);
    });

    for (const all of [[], ['*']]) {
      it(`rule 75: names next to ${JSON.stringify(all)} are answered too (${title})`, async () => {
        const xds = await start({ resources: [cluster('a'), cluster('b')] });
        const client = xds.connect('delta', options);
        client.subscribe(CLUSTER, all);
        assert.deepEqual(await told(client), [['a', 'b'], []]);
        client.subscribe(CLUSTER, ['b']);
        assert.deepEqual(await told(client), [['b'], []]);
        client.subscribe(CLUSTER, ['gone']);
        assert.deepEqual(await told(client), [[], ['gone']]);
        xds.put(cluster('gone'), cluster('c'));
        assert.deepEqual(await told(client), [['c', 'gone'], []]);
        xds.remove(CLUSTER, 'gone');
        assert.deepEqual(await told(client), [[], ['gone']]);
      });
    }

    it(`rule 75: with initial versions and a wildcard, a deleted name is removed once (${title})`, async () => {
      const xds = await start({ resources: [cluster('a')] });
      const client = xds.connect('delta', options);
      client.subscribe(CLUSTER, ['*', 'gone'], {
        initialResourceVersions: { a: cluster('a').version, gone: '1', also: '1' },
      });
      assert.deepEqual(await told(client), [[], ['also', 'gone']]);
      assert.equal(client.pending, 0);
    });
  }

  it('rule 75: a route may wait for its cluster: the cluster and its endpoints are sent while the routes do not change', async () => {
    const world: EncodedResource[] = [
      resource(LISTENER, 'l'),
      resource(ROUTE_CONFIGURATION, 'r', '1', { clusters: ['demanded'] }),
      cluster('demanded'),
      resource(EDS, 'demanded'),
    ];
    const xds = await start({ resources: world });
    const client = xds.connect('delta');
    client.subscribe(LISTENER);
    await client.accept(LISTENER);
    client.subscribe(ROUTE_CONFIGURATION, ['r']);
    assert.deepEqual(await told(client, ROUTE_CONFIGURATION), [['r'], []]);
    client.subscribe(CLUSTER, ['demanded']);
    assert.deepEqual(await told(client), [['demanded'], []]);
    client.subscribe(EDS, ['demanded']);
    assert.deepEqual(await told(client, EDS), [['demanded'], []]);
    await client.expectSilence();
  });
});
