/** A name that an incremental client has just subscribed to is answered, although its resource is deleted before it could be sent. */
import assert from 'node:assert/strict';
import type { XdsTestClient } from '../../testing/xds/client.js';
import type { ClientResponse } from '../../testing/xds/client-wire.js';
import { type TestServer, cluster, overTransports, resource } from '../../testing/xds/server.js';
import { CLUSTER, CLUSTER_LOAD_ASSIGNMENT, ROUTE_CONFIGURATION } from '../protocol/type-urls.js';
import type { XdsNode } from '../wire/xds-node.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;

overTransports('a name whose resource is deleted before it is sent', (start) => {
  let view: string;
  let xds: TestServer;
  let client: XdsTestClient;

  beforeEach(async () => {
    view = 'one';
    xds = await start({ store: { viewOf: (_: XdsNode) => view } });
    for (const name of ['a', 'b']) {
      xds.store.put(cluster(name), 'one');
      xds.store.put(resource(EDS, name), 'one');
    }
    xds.store.put(resource(ROUTE_CONFIGURATION, 'q'), 'one');
    xds.store.put(resource(ROUTE_CONFIGURATION, 'q'), 'two');
    client = xds.connect('delta');
  });

  /** The client has subscribed to a route that waits for a cluster, which it has not acknowledged. */
  async function waitingForRoute(): Promise<ClientResponse> {
    client.subscribe(CLUSTER);
    await client.accept(CLUSTER);
    client.subscribe(ROUTE_CONFIGURATION, ['q']);
    await client.accept(ROUTE_CONFIGURATION);
    xds.server.transaction(() => {
      xds.store.put(cluster('c'), 'one');
      xds.store.put(resource(ROUTE_CONFIGURATION, 'r', '1', { clusters: ['c'] }), 'one');
    });
    const clusters = await client.next(CLUSTER);
    client.subscribe(ROUTE_CONFIGURATION, ['r']);
    await client.expectSilence();
    return clusters;
  }

  it('rule 60: is answered with its removal', async () => {
    const clusters = await waitingForRoute();
    xds.store.remove(ROUTE_CONFIGURATION, 'r', 'one');
    client.ack(clusters);
    assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).removed, ['r']);
  });

  it('rule 60: is answered with its removal in another view, in which it never was', async () => {
    const clusters = await waitingForRoute();
    view = 'two';
    xds.server.reassign();
    client.ack(clusters);
    assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).removed, ['r']);
  });

  it('rule 60: is answered at once, if the client held other names when it subscribed', async () => {
    client.subscribe(CLUSTER);
    await client.next(CLUSTER);
    client.subscribe(EDS, ['b']);
    const endpoints = await client.next(EDS);
    client.subscribe(EDS, ['a']);
    xds.server.transaction(() => {
      xds.store.remove(CLUSTER, 'a', 'one');
      xds.store.remove(EDS, 'a', 'one');
      xds.store.put(resource(EDS, 'b', '2'), 'one');
    });
    client.ack(endpoints);
    assert.deepEqual((await client.accept(EDS)).removed, ['a']);
  });

  it('rule 60: is answered with its removal to a client that brought others along', async () => {
    const before = xds.connect('delta');
    before.subscribe(ROUTE_CONFIGURATION, ['q']);
    const [q] = (await before.accept(ROUTE_CONFIGURATION)).resources;
    xds.store.put(resource(ROUTE_CONFIGURATION, 'r', '1', { clusters: ['a'] }), 'one');
    client.subscribe(CLUSTER);
    const clusters = await client.next(CLUSTER);
    client.subscribe(ROUTE_CONFIGURATION, ['q', 'r'], { initialResourceVersions: { q: q?.version ?? '' } });
    await client.expectSilence();
    xds.store.remove(ROUTE_CONFIGURATION, 'r', 'one');
    client.ack(clusters);
    const { names, removed } = await client.accept(ROUTE_CONFIGURATION);
    assert.deepEqual([names, removed], [[], ['r']]);
  });
});
