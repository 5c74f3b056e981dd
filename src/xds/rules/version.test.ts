/** Versions: a property of the resources, the same wherever the same resources are seen. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MODES, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import { encodeResource } from '../resources/resource.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('versions', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 29: the version changes exactly when the resources that the client sees change', async () => {
        const xds = await start({ resources: [resource(EDS, 'a'), resource(EDS, 'b'), resource(EDS, 'c')] });
        const client = xds.connect(mode);
        client.subscribe(EDS, ['a', 'b']);
        const first = await client.accept(EDS);
        xds.put(resource(EDS, 'c', '2'));
        await client.expectSilence();
        xds.put(resource(EDS, 'a', '2'));
        const second = await client.accept(EDS);
        assert.notEqual(second.version, first.version);
        xds.put(resource(EDS, 'a', '1'));
        assert.equal((await client.accept(EDS)).version, first.version);
      });

      it('rule 30: servers with the same resources have the same versions', async () => {
        const versions: unknown[] = [];
        for (const order of [
          ['a', 'b'],
          ['b', 'a'],
        ]) {
          const xds = await start({ resources: order.map((name) => cluster(name)) });
          // However they came to what they have.
          for (let round = 0; round <= versions.length; round += 1) {
            xds.put(cluster('c'));
            xds.remove(CLUSTER, 'c');
          }
          const client = xds.connect(mode);
          client.subscribe(CLUSTER);
          const { version, resources } = await client.accept(CLUSTER);
          versions.push([version, resources.map((item) => item.name + item.version).sort()]);
        }
        assert.deepEqual(versions[0], versions[1]);
      });

      it('rule 34: versions are per type', async () => {
        const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        client.subscribe(LISTENER);
        await client.accept(CLUSTER);
        const before = await client.accept(LISTENER);
        xds.put(cluster('b'));
        await client.accept(CLUSTER);
        await client.expectSilence();
        const alone = (await start({ resources: [resource(LISTENER, 'l')] })).connect(mode);
        for (const other of [xds.connect(mode), alone]) {
          other.subscribe(LISTENER);
          assert.equal((await other.accept(LISTENER)).version, before.version);
        }
      });
    });
  }

  describe('sotw', () => {
    it('rule 31: a wildcard client that reconnects with the current version gets nothing', async () => {
      const xds = await start({ resources: [cluster('a')] });
      const before = xds.connect('sotw');
      before.subscribe(CLUSTER);
      const { version } = await before.accept(CLUSTER);
      for (const names of [[], ['*']]) {
        const client = xds.connect('sotw');
        client.subscribe(CLUSTER, names, { versionInfo: version });
        await client.expectSilence();
        assert.equal(xds.server.clients().at(-1)?.types[0]?.state, 'SYNCED');
        xds.put(cluster('b', String(names.length)));
        assert.deepEqual((await client.accept(CLUSTER)).names, ['a', 'b']);
        xds.remove(CLUSTER, 'b');
        await client.accept(CLUSTER);
      }
    });

    it('rule 31: a client that reconnects with another version gets everything', async () => {
      const xds = await start({ resources: [cluster('a')] });
      const client = xds.connect('sotw');
      client.subscribe(CLUSTER, [], { versionInfo: 'old' });
      assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
    });

    for (const typeUrl of [CLUSTER, EDS]) {
      it(`rule 31: names are answered even if the version is current (${typeUrl})`, async () => {
        const xds = await start({ resources: [resource(typeUrl, 'a')] });
        const before = xds.connect('sotw');
        before.subscribe(typeUrl, ['a']);
        const { version } = await before.accept(typeUrl);
        const client = xds.connect('sotw');
        client.subscribe(typeUrl, ['a'], { versionInfo: version });
        assert.deepEqual((await client.accept(typeUrl)).names, ['a']);
      });
    }
  });

  describe('delta', () => {
    it('rule 32: the version of the resource decides, not that of the response', async () => {
      const xds = await start({ resources: [cluster('a'), cluster('b')] });
      const client = xds.connect('delta');
      client.subscribe(CLUSTER);
      const { resources, version } = await client.accept(CLUSTER);
      const again = xds.connect('delta');
      const versions = Object.fromEntries(
        resources.map((item) => [item.name, item.name === 'a' ? item.version : version]),
      );
      again.subscribe(CLUSTER, [], { initialResourceVersions: versions });
      assert.deepEqual((await again.accept(CLUSTER)).names, ['b']);
    });
  });

  it('rule 33: a name and a version never have two payloads', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
        const [first, second] = [encodeResource(EDS, 'a', one), encodeResource(EDS, 'a', other)];
        assert.equal(first.version === second.version, first.value.equals(second.value));
        assert.deepEqual(first.value, Buffer.from(one));
      }),
    );
  });
});
