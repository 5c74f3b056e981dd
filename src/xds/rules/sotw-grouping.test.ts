/** State of the world: what a response contains. Listeners and clusters come whole, other types as they change. */
import assert from 'node:assert/strict';
import { MODES, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('responses', (start) => {
  for (const mode of MODES) {
    for (const typeUrl of [CLUSTER, EDS]) {
      it(`rule 46: contain only requested resources (${mode}, ${typeUrl})`, async () => {
        const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(typeUrl, ['a']);
        assert.deepEqual((await client.accept(typeUrl)).names, ['a']);
        xds.put(resource(typeUrl, 'b', '2'), resource(typeUrl, 'c'));
        xds.remove(typeUrl, 'b');
        await client.expectSilence();
        xds.put(resource(typeUrl, 'a', '2'), resource(typeUrl, 'c', '2'));
        assert.deepEqual((await client.accept(typeUrl)).names, ['a']);
      });

      it(`rule 52: contain no name twice (${mode}, ${typeUrl})`, async () => {
        const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
        const client = xds.connect(mode);
        client.subscribe(typeUrl, ['*', 'a']);
        const first = await client.next(typeUrl);
        xds.put(resource(typeUrl, 'a', '2'));
        if (mode === 'sotw') client.subscribe(typeUrl, ['*', 'a', 'b']);
        else client.subscribe(typeUrl, ['a', 'b', 'c']);
        xds.put(resource(typeUrl, 'a', '3'));
        await client.settle();
        client.ack(first);
        const second = await client.accept(typeUrl);
        for (const { names, removed } of [first, second]) {
          const told = [...names, ...removed];
          assert.equal(new Set(told).size, told.length);
        }
      });
    }
  }

  for (const typeUrl of [CLUSTER, LISTENER]) {
    it(`rule 47: contain the full state (${typeUrl})`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
      const client = xds.connect('sotw');
      client.subscribe(typeUrl);
      await client.accept(typeUrl);
      xds.put(resource(typeUrl, 'a', '2'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['a', 'b']);
    });

    it(`rule 49: lack a removed resource, down to an empty response (${typeUrl})`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
      for (const names of [[], ['a', 'b']]) {
        xds.put(resource(typeUrl, 'a'), resource(typeUrl, 'b'));
        const client = xds.connect('sotw');
        client.subscribe(typeUrl, names);
        await client.accept(typeUrl);
        xds.remove(typeUrl, 'a');
        assert.deepEqual((await client.accept(typeUrl)).names, ['b']);
        xds.remove(typeUrl, 'b');
        assert.deepEqual((await client.accept(typeUrl)).names, []);
        await client.expectSilence();
      }
    });

    it(`rule 51: are one empty response for a wildcard without resources (${typeUrl})`, async () => {
      const xds = await start();
      const client = xds.connect('sotw');
      client.subscribe(typeUrl);
      assert.deepEqual((await client.accept(typeUrl)).names, []);
      await client.expectSilence();
      xds.put(resource(typeUrl, 'a'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['a']);
    });
  }

  for (const typeUrl of [EDS, ROUTE_CONFIGURATION]) {
    it(`rule 48: contain only changed resources (${typeUrl})`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
      const client = xds.connect('sotw');
      client.subscribe(typeUrl, ['a', 'b']);
      assert.deepEqual((await client.accept(typeUrl)).names, ['a', 'b']);
      xds.put(resource(typeUrl, 'b', '2'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['b']);
      xds.put(resource(typeUrl, 'a', '2'), resource(typeUrl, 'b', '3'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['a', 'b']);
    });

    it(`rule 50: are not sent for a removal, not even empty (${typeUrl})`, async () => {
      const xds = await start({ resources: [resource(typeUrl, 'a'), resource(typeUrl, 'b')] });
      const client = xds.connect('sotw');
      client.subscribe(typeUrl, ['a', 'b']);
      await client.accept(typeUrl);
      xds.remove(typeUrl, 'a', 'b');
      await client.expectSilence();
      // Who was not told of the removal has it still.
      xds.put(resource(typeUrl, 'a'));
      await client.expectSilence();
      xds.put(resource(typeUrl, 'a', '2'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['a']);
    });
  }

  it('are not sent for a change that is undone', async () => {
    const xds = await start({ resources: [cluster('a')] });
    const client = xds.connect('sotw');
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    xds.server.transaction(() => {
      xds.store.put(cluster('a', '2'));
      xds.store.put(cluster('b'));
      xds.store.put(cluster('a', '1'));
      xds.store.remove(CLUSTER, 'b');
    });
    await client.expectSilence();
    assert.equal(xds.server.stats().tombstones, 0);
  });
});
