/** Streams and nodes: who a client is, and which services it may call. */
import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { MODES, cluster, overAllServices, resource, overTransports } from '../../testing/xds/server.js';
import { STREAM_METHODS } from '../discovery-methods.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';

const UNKNOWN = 'type.googleapis.com/test.Unknown';

overAllServices('streams and nodes', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 1: the node of the first request applies to the stream', async () => {
        const xds = await start({ resources: [cluster('a'), resource(LISTENER, 'l')] });
        const client = xds.connect(mode, {
          node: { id: 'n1', cluster: 'c', locality: { region: 'r', zone: 'z', subZone: 's' } },
        });
        client.subscribe(CLUSTER);
        await client.accept(CLUSTER);
        client.subscribe(LISTENER);
        await client.accept(LISTENER);
        const [status] = xds.server.clients();
        assert.equal(status?.node.id, 'n1');
        assert.deepEqual(status.node.locality, { region: 'r', zone: 'z', subZone: 's' });
      });

      it('rule 2: another node in a later request has no effect', async () => {
        const xds = await start({ store: { viewOf: (node) => node.id } });
        xds.store.put(cluster('mine'), 'n1');
        xds.store.put(cluster('foreign'), 'n2');
        const client = xds.connect(mode, { node: { id: 'n1' } });
        client.subscribe(CLUSTER);
        client.ack(await client.next(CLUSTER), { node: { id: 'n2' } });
        await client.settle();
        xds.server.transaction(() => {
          xds.store.put(cluster('mine', '2'), 'n1');
          xds.store.put(cluster('foreign', '2'), 'n2');
        });
        assert.deepEqual((await client.accept(CLUSTER)).names, ['mine']);
        xds.server.reassign();
        await client.expectSilence();
        assert.equal(xds.server.clients()[0]?.node.id, 'n1');
      });

      for (const [what, node] of [
        ['without a node', undefined],
        ['with an empty node.id', { cluster: 'c' }],
      ] as const) {
        it(`rule 6: a first request ${what} ends with INVALID_ARGUMENT`, async () => {
          const xds = await start();
          const client = xds.connect(mode, { node: node ?? {} });
          client.subscribe(CLUSTER);
          assert.equal((await client.status).code, status.INVALID_ARGUMENT);
        });
      }

      it('rule 7: streams with the same node id are independent', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const [one, other] = [xds.connect(mode), xds.connect(mode)];
        for (const client of [one, other]) {
          client.subscribe(CLUSTER);
          await client.accept(CLUSTER);
        }
        one.halfClose();
        await one.status;
        xds.put(cluster('b'));
        assert.deepEqual((await other.accept(CLUSTER)).names.at(-1), 'b');
        assert.equal(xds.server.stats().streams, 1);
      });

      it('rule 10: a request before the half-close is still answered', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER);
        client.halfClose();
        assert.equal((await client.status).code, status.OK);
        assert.deepEqual(
          client.history.map(({ names }) => names),
          [['a']],
        );
      });

      it('rule 10: a half-closed stream ends with OK and leaves nothing behind', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER, ['a', 'b']);
        await client.next(CLUSTER);
        client.halfClose();
        assert.equal((await client.status).code, status.OK);
        assert.deepEqual({ ...xds.server.stats(), cachedBytes: 0 }, NOTHING);
      });
    });
  }
});

overTransports('services', (start) => {
  for (const mode of MODES) {
    describe(mode, () => {
      it('rule 3: an aggregated request without type_url ends with INVALID_ARGUMENT', async () => {
        const xds = await start();
        const client = xds.connect(mode);
        client.send({ typeUrl: '' });
        assert.equal((await client.status).code, status.INVALID_ARGUMENT);
      });

      it('rule 3: on a service of one type, type_url is implied', async () => {
        const xds = await start({ resources: [cluster('a')] });
        const client = xds.connect(mode, { path: pathOf(mode, CLUSTER) });
        client.send({ typeUrl: '' });
        assert.deepEqual((await client.next(CLUSTER)).names, ['a']);
      });

      it('rule 4: a service of one type refuses another', async () => {
        const xds = await start({ resources: [resource(LISTENER, 'l')] });
        const client = xds.connect(mode, { path: pathOf(mode, CLUSTER) });
        client.subscribe(LISTENER);
        assert.equal((await client.status).code, status.INVALID_ARGUMENT);
        assert.deepEqual(client.history, []);
      });

      it('rule 5: an unknown type does not affect others', async () => {
        const xds = await start({ store: { types: [CLUSTER] }, resources: [cluster('a')] });
        const client = xds.connect(mode);
        client.subscribe(UNKNOWN);
        client.subscribe(UNKNOWN, ['x']);
        client.subscribe(CLUSTER);
        const response = await client.nextOfAny();
        assert.deepEqual([response.typeUrl, response.names], [CLUSTER, ['a']]);
      });

      it('rule 8: the aggregated and the separate services send the same resources', async () => {
        const types = [CLUSTER, CLUSTER_LOAD_ASSIGNMENT, LISTENER, ROUTE_CONFIGURATION];
        const xds = await start({ resources: types.map((typeUrl) => resource(typeUrl, 'x')) });
        const aggregated = xds.connect(mode);
        for (const typeUrl of types) {
          const separate = xds.connect(mode, { path: pathOf(mode, typeUrl) });
          aggregated.subscribe(typeUrl, ['x']);
          separate.subscribe(typeUrl, ['x']);
          const [one, other] = [await aggregated.accept(typeUrl), await separate.accept(typeUrl)];
          assert.deepEqual({ ...one, nonce: '' }, { ...other, nonce: '' });
        }
      });
    });
  }

  it('rule 9: virtual hosts are incremental only', async () => {
    const xds = await start({ resources: [resource(VIRTUAL_HOST, 'r/h')] });
    const delta = xds.connect('delta', { path: pathOf('delta', VIRTUAL_HOST) });
    delta.subscribe(VIRTUAL_HOST, ['r/h']);
    assert.deepEqual((await delta.next(VIRTUAL_HOST)).names, ['r/h']);
    const sotw = xds.connect('sotw', {
      path: '/envoy.service.route.v3.VirtualHostDiscoveryService/StreamVirtualHosts',
    });
    assert.equal((await sotw.status).code, status.UNIMPLEMENTED);
  });
});

const NOTHING = {
  streams: 0,
  collections: 0,
  interests: 0,
  wantedNames: 0,
  tombstones: 0,
  batches: 0,
  waiting: 0,
  renewing: 0,
  unresumed: 0,
  rejected: 0,
  cachedBytes: 0,
  loadStreams: 0,
  loadClusters: 0,
  queries: 0,
  healthWatchers: 0,
  awaitingAdmission: 0,
  awaitingPreparation: 0,
  rememberedBytes: 0,
};

function pathOf(mode: string, typeUrl: string): string {
  const method = STREAM_METHODS.find((candidate) => candidate.mode === mode && candidate.typeUrl === typeUrl);
  assert.ok(method);
  return method.path;
}
