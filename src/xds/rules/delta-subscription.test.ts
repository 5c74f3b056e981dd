/** Incremental: what subscribing and unsubscribing means, and how it is answered. */
import assert from 'node:assert/strict';
import { type TestServer, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('subscriptions, incremental', (start) => {
  let xds: TestServer;
  let client: XdsTestClient;

  beforeEach(async () => {
    const names = ['a', 'b'];
    xds = await start({
      resources: [...names.map((name) => cluster(name)), ...names.map((name) => resource(EDS, name))],
    });
    client = xds.connect('delta');
  });

  /** What the next response tells: names, and removed names with a minus. */
  async function told(typeUrl: string): Promise<readonly string[]> {
    const { names, removed } = await client.accept(typeUrl);
    return [...names, ...removed.map((name) => `-${name}`)];
  }

  it('rule 54: a first request without names is a wildcard', async () => {
    client.subscribe(CLUSTER);
    assert.deepEqual(await told(CLUSTER), ['a', 'b']);
  });

  it('rule 54: an empty first request of a type without wildcards subscribes to nothing', async () => {
    client.subscribe(EDS);
    await client.expectSilence();
  });

  it('rule 55: subscribing to a name keeps the wildcard', async () => {
    client.subscribe(CLUSTER);
    await told(CLUSTER);
    client.subscribe(CLUSTER, ['a']);
    assert.deepEqual(await told(CLUSTER), ['a']);
    xds.put(cluster('b', '2'));
    assert.deepEqual(await told(CLUSTER), ['b']);
  });

  for (const first of [[], ['*']]) {
    it(`rule 56: unsubscribing from * keeps the names (after ${JSON.stringify(first)})`, async () => {
      client.subscribe(CLUSTER, first);
      await told(CLUSTER);
      client.subscribe(CLUSTER, ['a']);
      await told(CLUSTER);
      client.unsubscribe(CLUSTER, ['*']);
      await client.expectSilence();
      xds.put(cluster('b', '2'));
      await client.expectSilence();
      xds.put(cluster('a', '2'));
      assert.deepEqual(await told(CLUSTER), ['a']);
    });
  }

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 57: unsubscribing from the last name is no wildcard (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['a']);
      await told(typeUrl);
      client.unsubscribe(typeUrl, ['a']);
      client.send({ typeUrl });
      xds.put(resource(typeUrl, 'a', '2'), resource(typeUrl, 'c'));
      await client.expectSilence();
    });
  }

  it('rule 58: one request may subscribe and unsubscribe', async () => {
    client.subscribe(EDS, ['a']);
    await told(EDS);
    client.send({ typeUrl: EDS, resourceNamesSubscribe: ['b'], resourceNamesUnsubscribe: ['a'] });
    assert.deepEqual(await told(EDS), ['b']);
    xds.put(resource(EDS, 'a', '2'));
    await client.expectSilence();
  });

  for (const typeUrl of [CLUSTER, EDS]) {
    it(`rule 59: subscribing again is answered again (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['a', 'b']);
      await told(typeUrl);
      client.subscribe(typeUrl, ['a']);
      assert.deepEqual(await told(typeUrl), ['a']);
      await client.expectSilence();
    });

    it(`rule 59: a name that one request removes and adds is answered (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['a']);
      await told(typeUrl);
      client.send({ typeUrl, resourceNamesSubscribe: ['a'], resourceNamesUnsubscribe: ['a'] });
      assert.deepEqual(await told(typeUrl), ['a']);
    });

    it(`rule 60: a name that does not exist is reported as removed (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['later']);
      assert.deepEqual(await told(typeUrl), ['-later']);
      await client.expectSilence();
    });

    it(`rule 61: a missing name is sent when it is created (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['later']);
      await told(typeUrl);
      xds.put(resource(typeUrl, 'later'));
      assert.deepEqual(await told(typeUrl), ['later']);
      xds.remove(typeUrl, 'later');
      assert.deepEqual(await told(typeUrl), ['-later']);
      xds.put(resource(typeUrl, 'later'));
      assert.deepEqual(await told(typeUrl), ['later']);
    });

    it(`rule 62: an existing and a missing name are both answered (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['a']);
      await told(typeUrl);
      client.subscribe(typeUrl, ['b', 'later']);
      assert.deepEqual(await told(typeUrl), ['b', '-later']);
    });

    it(`rule 63: unsubscribing is not answered (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['a', 'b']);
      await told(typeUrl);
      client.unsubscribe(typeUrl, ['a']);
      await client.expectSilence();
      xds.remove(typeUrl, 'a');
      await client.expectSilence();
    });

    it(`rule 65: unsubscribing from an unknown name is ignored (${typeUrl})`, async () => {
      client.subscribe(typeUrl, ['*']);
      await told(typeUrl);
      client.unsubscribe(typeUrl, ['a', 'phantom']);
      await client.expectSilence();
      xds.put(resource(typeUrl, 'a', '2'));
      assert.deepEqual(await told(typeUrl), ['a']);
    });
  }

  it('rule 64: unsubscribing from a name that * still covers is answered', async () => {
    client.subscribe(CLUSTER);
    await told(CLUSTER);
    client.subscribe(CLUSTER, ['a', 'later']);
    assert.deepEqual(await told(CLUSTER), ['a', '-later']);
    client.unsubscribe(CLUSTER, ['a']);
    assert.deepEqual(await told(CLUSTER), ['a']);
    client.unsubscribe(CLUSTER, ['later']);
    assert.deepEqual(await told(CLUSTER), ['-later']);
    await client.expectSilence();
  });

  it('the empty name is not a wildcard', async () => {
    client.subscribe(CLUSTER, ['']);
    assert.deepEqual(await told(CLUSTER), ['-']);
    await client.expectSilence();
  });
});
