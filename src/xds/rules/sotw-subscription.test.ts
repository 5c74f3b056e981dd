/** State of the world: what the names of a request mean. */
import assert from 'node:assert/strict';
import { type TestServer, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION, SECRET } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('subscriptions, state of the world', (start) => {
  let xds: TestServer;
  let client: XdsTestClient;

  beforeEach(async () => {
    const names = ['a', 'b', 'c'];
    xds = await start({
      resources: [
        ...names.map((name) => cluster(name)),
        ...names.map((name) => resource(EDS, name)),
        resource(LISTENER, 'l'),
        resource(ROUTE_CONFIGURATION, 'r'),
        resource(SECRET, 's'),
      ],
    });
    client = xds.connect('sotw');
  });

  async function namesAfter(typeUrl: string, names: readonly string[]): Promise<readonly string[]> {
    client.subscribe(typeUrl, names);
    return (await client.accept(typeUrl)).names;
  }

  for (const [typeUrl, all] of [
    [CLUSTER, ['a', 'b', 'c']],
    [LISTENER, ['l']],
  ] as const) {
    it(`rule 35: an empty first list is a wildcard (${typeUrl})`, async () => {
      assert.deepEqual(await namesAfter(typeUrl, []), all);
    });
  }

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 36: * is a wildcard (${typeUrl})`, async () => {
      assert.deepEqual(await namesAfter(typeUrl, ['*']), ['a', 'b', 'c']);
    });
  }

  it('rule 37: a after * and a keeps a only', async () => {
    assert.deepEqual(await namesAfter(CLUSTER, ['*', 'a']), ['a', 'b', 'c']);
    client.subscribe(CLUSTER, ['a']);
    await client.expectSilence();
    xds.put(cluster('b', '2'));
    await client.expectSilence();
    xds.put(cluster('a', '2'));
    assert.deepEqual((await client.accept(CLUSTER)).names, ['a']);
  });

  it('rule 37: a after everything, then * and a, keeps a only', async () => {
    assert.deepEqual(await namesAfter(CLUSTER, []), ['a', 'b', 'c']);
    assert.deepEqual(await namesAfter(CLUSTER, ['*', 'a']), ['a', 'b', 'c']);
    client.subscribe(CLUSTER, ['a']);
    xds.put(cluster('d'));
    await client.expectSilence();
  });

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 38: an empty list after a unsubscribes, and is not a wildcard (${typeUrl})`, async () => {
      await namesAfter(typeUrl, ['a']);
      client.subscribe(typeUrl, []);
      await client.expectSilence();
      xds.put(resource(typeUrl, 'a', '2'), resource(typeUrl, 'd'));
      await client.expectSilence();
      assert.deepEqual(await namesAfter(typeUrl, ['a']), ['a']);
    });
  }

  for (const typeUrl of [EDS, ROUTE_CONFIGURATION, SECRET]) {
    it(`rule 39: an empty first list of a type without wildcards subscribes to nothing (${typeUrl})`, async () => {
      client.subscribe(typeUrl, []);
      await client.expectSilence();
      xds.put(resource(typeUrl, 'new'));
      await client.expectSilence();
      assert.deepEqual(await namesAfter(typeUrl, ['new']), ['new']);
    });
  }

  it('rule 40: a new name is answered, although no resource changed', async () => {
    assert.deepEqual(await namesAfter(EDS, ['a']), ['a']);
    assert.deepEqual(await namesAfter(EDS, ['a', 'b']), ['b']);
    await client.expectSilence();
  });

  it('rule 40: for clusters, the answer is the full state', async () => {
    assert.deepEqual(await namesAfter(CLUSTER, ['a']), ['a']);
    assert.deepEqual(await namesAfter(CLUSTER, ['a', 'b']), ['a', 'b']);
    await client.expectSilence();
  });

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 41: a resource that is unsubscribed and subscribed again is sent again (${typeUrl})`, async () => {
      await namesAfter(typeUrl, ['a', 'b']);
      client.subscribe(typeUrl, ['b']);
      await client.expectSilence();
      assert.ok((await namesAfter(typeUrl, ['a', 'b'])).includes('a'));
    });
  }

  it('rule 41: a name is sent again after an empty list unsubscribed everything', async () => {
    await namesAfter(EDS, ['a']);
    client.subscribe(EDS, []);
    client.subscribe(EDS, ['a']);
    assert.deepEqual((await client.accept(EDS)).names, ['a']);
  });

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 42: a name without a resource is remembered (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['later']);
      await client.expectSilence();
      xds.put(resource(typeUrl, 'later'));
      assert.deepEqual((await client.accept(typeUrl)).names, ['later']);
      await client.expectSilence();
    });
  }

  it('rule 42: an existing resource is sent without a missing one', async () => {
    assert.deepEqual(await namesAfter(EDS, ['a', 'later']), ['a']);
    client.subscribe(EDS, ['a', 'later', 'never']);
    await client.expectSilence();
    xds.put(resource(EDS, 'later'));
    assert.deepEqual((await client.accept(EDS)).names, ['later']);
  });

  it('rule 43: an unsubscribed name is not updated any more', async () => {
    await namesAfter(EDS, ['a', 'b']);
    client.subscribe(EDS, ['b']);
    await client.expectSilence();
    xds.put(resource(EDS, 'a', '2'));
    await client.expectSilence();
    xds.put(resource(EDS, 'b', '2'));
    assert.deepEqual((await client.accept(EDS)).names, ['b']);
  });

  it('rule 44: the empty name is not a wildcard', async () => {
    client.subscribe(CLUSTER, ['']);
    await client.expectSilence();
    client.subscribe(CLUSTER, []);
    await client.expectSilence();
  });

  it('rule 45: a name in the list twice counts once', async () => {
    assert.deepEqual(await namesAfter(EDS, ['a', 'a', 'b', 'a']), ['a', 'b']);
    assert.deepEqual(xds.server.clients()[0]?.types[0]?.names, new Set(['a', 'b']));
  });

  it('rule 53: clusters and listeners may be subscribed by name', async () => {
    assert.deepEqual(await namesAfter(CLUSTER, ['b']), ['b']);
    assert.deepEqual(await namesAfter(LISTENER, ['l']), ['l']);
    xds.put(cluster('a', '2'));
    await client.expectSilence();
    xds.put(cluster('b', '2'));
    assert.deepEqual((await client.accept(CLUSTER)).names, ['b']);
  });

  it('the order of the names in an ACK and in a NACK does not matter', async () => {
    client.subscribe(EDS, ['a', 'b']);
    const response = await client.next(EDS);
    client.ack(response, { resourceNames: ['b', 'a'] });
    await client.expectSilence();
    assert.equal(xds.server.clients()[0]?.types[0]?.state, 'SYNCED');
  });
});
