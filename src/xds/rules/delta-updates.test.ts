/** Incremental: what is sent when something changes, and what a client that comes back is told. */
import assert from 'node:assert/strict';
import { type TestServer, cluster, overAllServices, resource } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT } from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overAllServices('updates, incremental', (start) => {
  let xds: TestServer;
  let client: XdsTestClient;

  beforeEach(async () => {
    xds = await start({ resources: [cluster('a'), cluster('b'), resource(EDS, 'a'), resource(EDS, 'b')] });
    client = xds.connect('delta');
  });

  async function told(typeUrl: string, from = client): Promise<readonly string[]> {
    const { names, removed } = await from.accept(typeUrl);
    return [...names, ...removed.map((name) => `-${name}`)];
  }

  /** Versions as a client has them after it got everything. */
  async function versions(typeUrl: string): Promise<Record<string, string>> {
    const before = xds.connect('delta');
    before.subscribe(typeUrl, ['*']);
    const { resources } = await before.accept(typeUrl);
    return Object.fromEntries(resources.map(({ name, version }) => [name, version]));
  }

  for (const names of [['*'], ['a', 'b']]) {
    it(`rule 66: only changed resources are sent (${names.join()})`, async () => {
      client.subscribe(CLUSTER, names);
      assert.deepEqual(await told(CLUSTER), ['a', 'b']);
      xds.put(cluster('a', '2'));
      assert.deepEqual(await told(CLUSTER), ['a']);
      xds.put(cluster('a', '2'));
      await client.expectSilence();
    });

    it(`rule 67: a deletion is sent once, to each client that had the resource (${names.join()})`, async () => {
      const other = xds.connect('delta');
      for (const each of [client, other]) {
        each.subscribe(CLUSTER, names);
        await told(CLUSTER, each);
      }
      xds.remove(CLUSTER, 'a');
      assert.deepEqual(await told(CLUSTER), ['-a']);
      assert.deepEqual(await told(CLUSTER, other), ['-a']);
      xds.put(cluster('b', '2'));
      assert.deepEqual(await told(CLUSTER), ['b']);
      await client.expectSilence();
    });
  }

  it('rule 67: a resource added and deleted while a response was in flight is not sent', async () => {
    client.subscribe(CLUSTER);
    const first = await client.next(CLUSTER);
    xds.put(cluster('c'));
    xds.remove(CLUSTER, 'c');
    client.ack(first);
    await client.expectSilence();
  });

  it('rule 68: a resource that the client has in the current version is not sent again', async () => {
    const initialResourceVersions = await versions(CLUSTER);
    client.subscribe(CLUSTER, [], { initialResourceVersions });
    await client.expectSilence();
    xds.put(cluster('a', '2'));
    assert.deepEqual(await told(CLUSTER), ['a']);
  });

  it('rule 68: for named resources too, but names without an initial version are answered', async () => {
    const { a = '' } = await versions(EDS);
    client.subscribe(EDS, ['a', 'b'], { initialResourceVersions: { a } });
    assert.deepEqual(await told(EDS), ['b']);
    await client.expectSilence();
  });

  it('rule 68: a name without an initial version whose resource was deleted is answered with its removal', async () => {
    const { a = '' } = await versions(EDS);
    const other = xds.connect('delta');
    other.subscribe(EDS, ['a', 'b']);
    await other.accept(EDS);
    xds.remove(EDS, 'b');
    client.subscribe(EDS, ['a', 'b'], { initialResourceVersions: { a } });
    const { names, removed } = await client.accept(EDS);
    assert.deepEqual([names, removed], [[], ['b']]);
    await client.expectSilence();
  });

  it('rule 69: a resource that the client has in another version is sent, and a deleted one is removed', async () => {
    const initialResourceVersions = { ...(await versions(CLUSTER)), gone: '1' };
    xds.put(cluster('a', '2'), cluster('c'));
    client.subscribe(CLUSTER, [], { initialResourceVersions });
    assert.deepEqual(await told(CLUSTER), ['a', 'c', '-gone']);
    await client.expectSilence();
  });

  it('rule 69: for named resources too: other versions are sent, deleted names are removed', async () => {
    client.subscribe(EDS, ['a', 'gone'], { initialResourceVersions: { a: 'old', gone: '1', unwanted: '1' } });
    assert.deepEqual(await told(EDS), ['a', '-gone']);
    await client.expectSilence();
  });

  it('rule 70: initial versions in a later request are ignored', async () => {
    client.subscribe(CLUSTER);
    const first = await client.next(CLUSTER);
    xds.put(cluster('a', '2'));
    client.ack(first, { initialResourceVersions: { ...(await versions(CLUSTER)), other: '1' } });
    assert.deepEqual(await told(CLUSTER), ['a']);
    await client.expectSilence();
  });

  it('rule 70: also together with a change of the subscription', async () => {
    client.subscribe(CLUSTER);
    const { nonce } = await client.next(CLUSTER);
    xds.put(cluster('a', '2'));
    const initialResourceVersions = { ...(await versions(CLUSTER)), other: '1' };
    client.send({ typeUrl: CLUSTER, responseNonce: nonce, resourceNamesSubscribe: ['b'], initialResourceVersions });
    assert.deepEqual(await told(CLUSTER), ['a', 'b']);
    await client.expectSilence();
  });

  it('rule 71: a wildcard without resources gets one empty response', async () => {
    xds.remove(CLUSTER, 'a', 'b');
    client.subscribe(CLUSTER);
    assert.deepEqual(await told(CLUSTER), []);
    await client.expectSilence();
    xds.put(cluster('a'));
    assert.deepEqual(await told(CLUSTER), ['a']);
  });
});
