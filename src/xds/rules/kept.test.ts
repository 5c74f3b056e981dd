/** Secrets and extension configs: whoever names one keeps it when it is deleted, since what is live would break. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, EXTENSION_CONFIG, LISTENER, ROUTE_CONFIGURATION, SECRET } from '../protocol/type-urls.js';

const TYPES = [
  ['73', EXTENSION_CONFIG, '/envoy.service.extension.v3.ExtensionConfigDiscoveryService/', 'ExtensionConfigs'],
  ['74', SECRET, '/envoy.service.secret.v3.SecretDiscoveryService/', 'Secrets'],
] as const;

overTransports('resources that outlive their deletion', (start) => {
  for (const [rule, typeUrl, service, suffix] of TYPES) {
    for (const mode of MODES) {
      for (const aggregated of [true, false]) {
        const method = `${service}${mode === 'sotw' ? 'Stream' : 'Delta'}${suffix}`;
        const options = aggregated ? {} : { path: method };
        const title = `${mode}, ${aggregated ? 'aggregated' : 'separate'}`;

        /** Waits for the answer to a change that must be told: nothing else may have come before it. */
        async function silence(xds: TestServer, client: XdsTestClient, names: readonly string[]): Promise<void> {
          if (mode === 'sotw') client.subscribe(typeUrl, [...names, 'sentinel']);
          else client.subscribe(typeUrl, ['sentinel']);
          xds.put(resource(typeUrl, 'sentinel', String(Math.random())));
          const { names: told, removed } = await client.accept(typeUrl);
          assert.deepEqual([told, removed], [['sentinel'], []]);
          assert.equal(client.pending, 0);
        }

        it(`rule ${rule}: a deletion is not sent to a client that names the resource, but a new version is (${title})`, async () => {
          const xds = await start({ resources: ['s', 't', 'sentinel'].map((name) => resource(typeUrl, name)) });
          const client = xds.connect(mode, options);
          client.subscribe(typeUrl, ['s', 't']);
          await client.accept(typeUrl);
          xds.remove(typeUrl, 's');
          await silence(xds, client, ['s', 't']);
          xds.put(resource(typeUrl, 's'));
          await silence(xds, client, ['s', 't']);
          xds.put(resource(typeUrl, 's', '2'));
          assert.deepEqual((await client.accept(typeUrl)).names, ['s']);
          xds.remove(typeUrl, 's', 't');
          await silence(xds, client, ['s', 't']);
          xds.put(resource(typeUrl, 't', '2'));
          assert.deepEqual((await client.accept(typeUrl)).names, ['t']);
        });

        it(`rule ${rule}: unsubscribing is not answered (${title})`, async () => {
          const xds = await start({ resources: ['s', 'sentinel'].map((name) => resource(typeUrl, name)) });
          const client = xds.connect(mode, options);
          client.subscribe(typeUrl, ['s']);
          await client.accept(typeUrl);
          if (mode === 'sotw') client.subscribe(typeUrl, []);
          else client.unsubscribe(typeUrl, ['s']);
          await silence(xds, client, []);
          xds.remove(typeUrl, 's');
          await silence(xds, client, []);
        });

        it(`rule ${rule}: the deletion of a rejected resource is not sent either (${title})`, async () => {
          const xds = await start({ resources: ['s', 't', 'sentinel'].map((name) => resource(typeUrl, name)) });
          const client = xds.connect(mode, options);
          client.subscribe(typeUrl, ['s', 't']);
          await client.accept(typeUrl);
          xds.put(resource(typeUrl, 's', '2'), resource(typeUrl, 't', '2'));
          client.nack(await client.next(typeUrl));
          xds.remove(typeUrl, 's', 't');
          await silence(xds, client, ['s', 't']);
          // What was rejected follows the next change.
          await silence(xds, client, ['s', 't']);
        });
      }
    }

    it(`rule ${rule}: a name without a resource is answered from the start, and sent later`, async () => {
      const xds = await start();
      const client = xds.connect('delta');
      client.subscribe(typeUrl, ['s']);
      assert.deepEqual((await client.accept(typeUrl)).removed, ['s']);
      xds.put(resource(typeUrl, 's'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['s']);
      xds.remove(typeUrl, 's');
      await client.expectSilence();
      client.unsubscribe(typeUrl, ['s']);
      client.subscribe(typeUrl, ['s']);
      assert.deepEqual((await client.accept(typeUrl)).removed, ['s']);
    });

    it(`rule ${rule}: a client that reconnects with the resource keeps it, and gets removals of other names`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 't')] });
      const client = xds.connect('delta');
      client.subscribe(typeUrl, ['s', 't', 'u'], { initialResourceVersions: { s: '1', t: '0' } });
      const { names, removed } = await client.accept(typeUrl);
      assert.deepEqual([names, removed], [['t'], ['u']]);
      await client.expectSilence();
    });

    it(`rule ${rule}: a client that subscribes by * alone gets the deletion`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 's'), resource(typeUrl, 't')] });
      const client = xds.connect('delta');
      client.subscribe(typeUrl, ['*', 's']);
      await client.accept(typeUrl);
      xds.remove(typeUrl, 's', 't');
      assert.deepEqual((await client.accept(typeUrl)).removed, ['t']);
      client.unsubscribe(typeUrl, ['s']);
      assert.deepEqual((await client.accept(typeUrl)).removed, ['s']);
    });

    it(`rule ${rule}: a view without the resource does not remove it from clients that name it`, async () => {
      const view = { name: 'one' };
      const xds = await start({ store: { viewOf: () => view.name } });
      xds.store.put(resource(typeUrl, 's'), 'one');
      xds.store.put(resource(typeUrl, 't'), 'two');
      const client = xds.connect('delta');
      client.subscribe(typeUrl, ['s']);
      await client.accept(typeUrl);
      view.name = 'two';
      xds.server.reassign();
      await client.expectSilence();
      xds.store.put(resource(typeUrl, 's', '2'), 'two');
      assert.deepEqual((await client.accept(typeUrl)).names, ['s']);
    });

    for (const mode of MODES) {
      it(`rule ${rule}: a deletion delays no other type (${mode})`, async () => {
        const xds = await start({
          resources: [
            resource(typeUrl, 's'),
            resource(CLUSTER, 'c'),
            resource(LISTENER, 'l'),
            resource(ROUTE_CONFIGURATION, 'r'),
          ],
        });
        const client = xds.connect(mode);
        for (const [type, names] of [
          [typeUrl, ['s']],
          [CLUSTER, []],
          [LISTENER, []],
          [ROUTE_CONFIGURATION, ['r']],
        ] as const) {
          client.subscribe(type, names);
          await client.accept(type);
        }
        xds.server.transaction(() => {
          xds.remove(typeUrl, 's');
          xds.remove(CLUSTER, 'c');
          xds.put(resource(LISTENER, 'l', '2'), resource(ROUTE_CONFIGURATION, 'r', '2'));
        });
        for (const type of [LISTENER, ROUTE_CONFIGURATION, CLUSTER]) await client.accept(type);
        await client.expectSilence();
        assert.equal(xds.server.stats().waiting, 0);
      });
    }
  }
});
