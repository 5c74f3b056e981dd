/** Warming: Envoy holds a changed cluster back until it gets its endpoints again, so it gets them. */
import assert from 'node:assert/strict';
import { MODES, cluster, overAllServices, resource, overTransports } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overTransports('warming', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 79: a changed cluster is followed by its endpoints, although they did not change', async () => {
        const xds = await start({ resources: [cluster('a'), cluster('b'), resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['a', 'b']);
        await client.accept(EDS);
        xds.put(cluster('a', '2'));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(EDS)).names, ['a']);
        await client.expectSilence();
        assert.deepEqual(
          client.history.slice(2, 4).map(({ typeUrl }) => typeUrl),
          [CLUSTER, EDS],
        );
      });

      it('rule 79: a changed cluster whose load assignment has another name is followed by that load assignment', async () => {
        const xds = await start({
          resources: [resource(CLUSTER, 'a', '1', { endpoints: 'service' }), resource(EDS, 'service')],
        });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['service']);
        await client.accept(EDS);
        xds.put(resource(CLUSTER, 'a', '2', { endpoints: 'service' }));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(EDS)).names, ['service']);
      });

      it('rule 79: endpoints that changed with the cluster are sent once', async () => {
        const xds = await start({ resources: [cluster('a'), resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['a', 'b']);
        await client.accept(EDS);
        xds.put(cluster('a', '2'), resource(EDS, 'a', '2'), resource(EDS, 'b', '2'));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(EDS)).names, ['a', 'b']);
        await client.expectSilence();
      });

      it('rule 79: a changed cluster gets the endpoints that the client holds, although both are deleted before they are sent', async () => {
        const xds = await start({ resources: [cluster('a'), cluster('b'), resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['a', 'b']);
        await client.accept(EDS);
        xds.put(resource(EDS, 'b', '2'));
        const endpoints = await client.next(EDS);
        xds.put(cluster('a', '2'));
        const clusters = await client.next(CLUSTER);
        xds.server.transaction(() => {
          xds.store.remove(CLUSTER, 'a');
          xds.store.remove(EDS, 'a');
        });
        client.ack(endpoints);
        const { names, removed } = await client.accept(EDS);
        assert.deepEqual([names, removed], [['a'], []]);
        client.ack(clusters);
        const left = await client.accept(CLUSTER);
        assert.deepEqual([left.names, left.removed], mode === 'sotw' ? [['b'], []] : [[], ['a']]);
      });

      it('rule 79: after a reconnect the endpoints of changed clusters are sent again', async () => {
        const xds = await start({ resources: [cluster('a'), resource(EDS, 'a')] });
        const before = xds.connect(mode);
        before.subscribe(CLUSTER);
        const clusters = await before.accept(CLUSTER);
        before.subscribe(EDS, ['a']);
        const endpoints = await before.accept(EDS);
        before.close();
        xds.put(cluster('a', '2'));
        const client = xds.connect(mode);
        const known = (response: typeof clusters): object =>
          mode === 'sotw'
            ? { versionInfo: response.version }
            : {
                initialResourceVersions: Object.fromEntries(
                  response.resources.map(({ name, version }) => [name, version]),
                ),
              };
        client.subscribe(CLUSTER, [], known(clusters));
        client.subscribe(EDS, ['a'], known(endpoints));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(EDS)).names, ['a']);
      });

      it('rule 79: a cluster that was removed and added again is followed by its endpoints, although the client stayed subscribed to them', async () => {
        const xds = await start({ resources: [cluster('a'), resource(EDS, 'a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['a']);
        await client.accept(EDS);
        xds.remove(CLUSTER, 'a');
        await client.accept(CLUSTER);
        xds.put(cluster('a'));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(EDS)).names, ['a']);
      });

      it('rule 79: a cluster that was removed while it was on its way, and added again, gets its endpoints before the client acknowledges it', async () => {
        const xds = await start({ resources: [cluster('a'), cluster('b'), resource(EDS, 'a'), resource(EDS, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        const clusters = await client.next(CLUSTER);
        client.subscribe(EDS, ['b']);
        await client.accept(EDS);
        xds.server.transaction(() => {
          xds.remove(CLUSTER, 'a');
          xds.remove(EDS, 'a');
          xds.put(resource(EDS, 'b', '2'));
        });
        if (mode === 'sotw') client.subscribe(EDS, ['a', 'b']);
        else {
          client.subscribe(EDS, ['a']);
          assert.deepEqual((await client.accept(EDS)).removed, ['a']);
        }
        xds.put(cluster('a'), resource(EDS, 'a'));
        assert.ok((await client.accept(EDS)).names.includes('a'));
        client.ack(clusters);
        await client.expectSilence();
      });
    });
  }
});

overAllServices('the endpoints of a warming cluster', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 79: are sent to a client that subscribes to them again, although they did not change', async () => {
        const xds = await start({ resources: [cluster('a'), resource(EDS, 'a')] });
        const ask = async (): Promise<void> => {
          const client = xds.connect(mode);
          client.subscribe(EDS, ['a']);
          assert.deepEqual((await client.accept(EDS)).names, ['a']);
        };
        const clusters = xds.connect(mode);
        clusters.subscribe(CLUSTER);
        await clusters.accept(CLUSTER);
        await ask();
        xds.put(cluster('a', '2'));
        await clusters.accept(CLUSTER);
        // Without the aggregated service Envoy opens a stream for each cluster that it warms.
        await ask();
      });

      it('rule 80: may be an empty load assignment', async () => {
        const xds = await start({ resources: [cluster('a'), resource(EDS, 'a', '')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(EDS, ['a']);
        assert.deepEqual((await client.accept(EDS)).names, ['a']);
      });

      it('rule 80: are requested from the provider, which may create them at once', async () => {
        const asked: string[] = [];
        const xds = await start({
          provider: {
            viewOf: () => 'v',
            open: (collection) => ({
              want(name) {
                asked.push(`+${name}`);
                if (collection.typeUrl === EDS) collection.set(resource(EDS, name, ''));
              },
              unwant(name) {
                asked.push(`-${name}`);
                collection.delete(name);
              },
              close: () => asked.push('closed'),
            }),
          },
        });
        const [one, other] = [xds.connect(mode), xds.connect(mode)];
        for (const client of [one, other]) {
          client.subscribe(EDS, ['a']);
          assert.deepEqual((await client.accept(EDS)).names, ['a']);
        }
        assert.deepEqual(asked, ['+a']);
        if (mode === 'sotw') one.subscribe(EDS, ['b']);
        else one.send({ typeUrl: EDS, resourceNamesSubscribe: ['b'], resourceNamesUnsubscribe: ['a'] });
        assert.deepEqual((await one.accept(EDS)).names, ['b']);
        assert.deepEqual(asked, ['+a', '+b']);
        for (const client of [one, other]) {
          client.halfClose();
          await client.status;
        }
        assert.deepEqual(asked.slice(2).sort(), ['-a', '-b', 'closed']);
      });
    });
  }
});
