/** The order of types on an aggregated stream: a client is never sent what refers to something it does not have. */
import assert from 'node:assert/strict';
import { MODES, type TestServer, cluster, resource, overTransports } from '../../testing/xds/server.js';
import type { XdsTestClient } from '../../testing/xds/client.js';
import { type ClientResponse, decodeResponse, encodeRequest } from '../../testing/xds/client-wire.js';
import type { EncodedResource } from '../resources/resource.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
} from '../protocol/type-urls.js';

const EDS = CLUSTER_LOAD_ASSIGNMENT;
const ALL = [CLUSTER, EDS, LISTENER, ROUTE_CONFIGURATION] as const;
/** Deadlines in tests that wait for one to pass. */
const SOON = { orderDeadlineMs: 20 };

function world(content: string, clusters: readonly string[] = []): EncodedResource[] {
  return [
    resource(ROUTE_CONFIGURATION, 'r', content, { clusters }),
    resource(LISTENER, 'l', content, { clusters }),
    resource(EDS, 'a', content),
    cluster('a', content),
  ];
}

overTransports('order of types', (start) => {
  /** Subscribes to all types in this order and accepts what comes. */
  async function settled(
    xds: TestServer,
    mode: (typeof MODES)[number],
    order: readonly string[] = ALL,
  ): Promise<XdsTestClient> {
    const client = xds.connect(mode);
    for (const typeUrl of order) {
      client.subscribe(typeUrl, typeUrl === EDS ? ['a', 'b'] : typeUrl === ROUTE_CONFIGURATION ? ['r'] : []);
      await client.accept(typeUrl);
    }
    while (client.pending > 0) client.ack(await client.nextOfAny());
    await client.settle();
    while (client.pending > 0) client.ack(await client.nextOfAny());
    client.history.length = 0;
    return client;
  }

  for (const mode of MODES) {
    describe(mode, () => {
      for (const [rule, order] of [
        ['76', ALL],
        ['78', [...ALL].reverse()],
      ] as const) {
        it(`rule ${rule}: a change is sent in the order clusters, endpoints, listeners, routes (subscribed as ${order.map((type) => type.slice(-8)).join()})`, async () => {
          const xds = await start({ resources: world('1') });
          const client = await settled(xds, mode, order);
          xds.put(...world('2'));
          const order2 = [];
          for (let count = 0; count < 4; count += 1) {
            const response = await client.nextOfAny();
            order2.push(response.typeUrl);
            client.ack(response);
          }
          assert.deepEqual(order2, ALL);
          await client.expectSilence();
        });
      }

      it('rule 78: the first responses have this order too if all types are requested at once in another order', async () => {
        const xds = await start({ resources: world('1') });
        const method = mode === 'sotw' ? 'StreamAggregatedResources' : 'DeltaAggregatedResources';
        const written: ClientResponse[] = [];
        const sink = xds.server.methods().get(`/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`)?.({
          peer: 'test',
          write: (head, body) => written.push(decodeResponse(mode, Buffer.concat([head, body]))) > 0,
          end: () => undefined,
        });
        const names = (typeUrl: string): string[] =>
          typeUrl === EDS ? ['a'] : typeUrl === ROUTE_CONFIGURATION ? ['r'] : [];
        const ask = (typeUrl: string, responseNonce = ''): void => {
          const wanted = mode === 'sotw' ? { resourceNames: names(typeUrl) } : {};
          const added = mode === 'delta' && responseNonce === '' ? { resourceNamesSubscribe: names(typeUrl) } : {};
          sink?.received(encodeRequest(mode, { typeUrl, node: { id: 'n' }, responseNonce, ...wanted, ...added }));
        };
        for (const typeUrl of [...ALL].reverse()) ask(typeUrl);
        for (let count = 0; count < 8; count += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          const last = written.at(count);
          if (last !== undefined) ask(last.typeUrl, last.nonce);
        }
        assert.deepEqual(
          written.map(({ typeUrl }) => typeUrl),
          ALL,
        );
        sink?.closed();
      });

      it('rule 76: listeners and routes wait until clusters and endpoints are accepted', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(...world('2'));
        const [clusters, endpoints] = [await client.next(CLUSTER), await client.next(EDS)];
        await client.expectSilence();
        client.ack(clusters);
        await client.expectSilence();
        client.ack(endpoints);
        client.ack(await client.next(LISTENER));
        client.ack(await client.next(ROUTE_CONFIGURATION));
      });

      it('rule 76: a change of routes alone, or of endpoints alone, is sent at once', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(resource(EDS, 'a', '2'));
        await client.next(EDS);
        xds.put(resource(ROUTE_CONFIGURATION, 'r', '2'));
        await client.expectSilence();
        xds.put(cluster('b'));
        await client.next(CLUSTER);
      });

      it('rule 76: a change of routes does not wait for later changes of endpoints', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(resource(EDS, 'a', '2'), resource(ROUTE_CONFIGURATION, 'r', '2'));
        const first = await client.next(EDS);
        xds.put(resource(EDS, 'a', '3'));
        await client.expectSilence();
        client.ack(first);
        const both = [await client.nextOfAny(), await client.nextOfAny()].map(({ typeUrl }) => typeUrl);
        assert.deepEqual(both, [EDS, ROUTE_CONFIGURATION]);
      });

      it('rule 76: listeners wait for the endpoints that a new cluster needs', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(cluster('c'), resource(EDS, 'c'), resource(LISTENER, 'l', '2'));
        client.ack(await client.next(CLUSTER));
        await client.expectSilence();
        client.subscribe(EDS, mode === 'sotw' ? ['a', 'b', 'c'] : ['c']);
        const endpoints = await client.next(EDS);
        assert.deepEqual(endpoints.names, ['c']);
        await client.expectSilence();
        client.ack(endpoints);
        await client.accept(LISTENER);
      });

      it('rule 76: routes wait for listeners that are delayed, although nothing else delays the routes', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(resource(LISTENER, 'l', '2', { clusters: ['new'] }), resource(ROUTE_CONFIGURATION, 'r', '2'));
        await client.expectSilence();
        xds.put(resource(CLUSTER, 'new'));
        const order = [];
        while (order.length < 3) {
          const response = await client.nextOfAny();
          client.ack(response);
          if (ALL.includes(response.typeUrl as typeof CLUSTER)) order.push(response.typeUrl);
        }
        assert.deepEqual(order, [CLUSTER, LISTENER, ROUTE_CONFIGURATION]);
      });

      it('rule 76: routes wait for a changed listener while an earlier change of it is in flight', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(resource(LISTENER, 'l', '2'));
        const first = await client.next(LISTENER);
        xds.put(resource(LISTENER, 'l', '3'), resource(ROUTE_CONFIGURATION, 'r', '2'));
        await client.expectSilence();
        client.ack(first);
        const order = [await client.nextOfAny(), await client.nextOfAny()].map(({ typeUrl }) => typeUrl);
        assert.deepEqual(order, [LISTENER, ROUTE_CONFIGURATION]);
      });

      it('rule 76: virtual hosts follow routes', async () => {
        const xds = await start({ resources: [...world('1'), resource(VIRTUAL_HOST, 'r/h')] });
        const client = await settled(xds, mode);
        client.subscribe(VIRTUAL_HOST, ['r/h']);
        await client.accept(VIRTUAL_HOST);
        await client.settle();
        client.history.length = 0;
        xds.put(resource(VIRTUAL_HOST, 'r/h', '2'), resource(ROUTE_CONFIGURATION, 'r', '2'));
        await client.accept(VIRTUAL_HOST);
        assert.deepEqual(
          client.history.map(({ typeUrl }) => typeUrl),
          [ROUTE_CONFIGURATION, VIRTUAL_HOST],
        );
      });

      it('rule 81: a resource that refers to a cluster that the client is not offered waits for the cluster', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(
          resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['new'] }),
          resource(LISTENER, 'l', '2', { clusters: ['new'] }),
        );
        await client.expectSilence();
        xds.put(resource(CLUSTER, 'new'));
        await client.accept(CLUSTER);
        await client.accept(LISTENER);
        await client.accept(ROUTE_CONFIGURATION);
        assert.deepEqual(
          client.history.map(({ typeUrl }) => typeUrl).filter((typeUrl) => ALL.includes(typeUrl as typeof CLUSTER)),
          [CLUSTER, LISTENER, ROUTE_CONFIGURATION],
        );
      });

      it('rule 82: a rejected new cluster delays the routes that refer to it, and no others', async () => {
        const xds = await start({ resources: [...world('1'), resource(ROUTE_CONFIGURATION, 's', '1')] });
        const client = await settled(xds, mode);
        client.subscribe(ROUTE_CONFIGURATION, ['r', 's']);
        await client.accept(ROUTE_CONFIGURATION);
        xds.put(
          resource(CLUSTER, 'new'),
          resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['new'] }),
          resource(ROUTE_CONFIGURATION, 's', '2', { clusters: ['a'] }),
        );
        client.nack(await client.next(CLUSTER), 'Error adding/updating cluster(s) new: no such thing');
        assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).names, ['s']);
        await client.expectSilence();
        xds.put(resource(CLUSTER, 'new', '2'));
        await client.accept(CLUSTER);
        assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).names, ['r']);
      });

      it('rule 82: a rejected new cluster delays the listeners that refer to it', async () => {
        const xds = await start({ resources: world('1') });
        const client = await settled(xds, mode);
        xds.put(resource(CLUSTER, 'new'), resource(LISTENER, 'l', '2', { clusters: ['new'] }));
        client.nack(await client.next(CLUSTER));
        await client.expectSilence();
        xds.put(resource(CLUSTER, 'new', '2'));
        await client.accept(CLUSTER);
        await client.accept(LISTENER);
      });

      it('rule 82: a rejected change of a cluster that the client has delays nothing', async () => {
        const xds = await start({ resources: world('1', ['a']) });
        const client = await settled(xds, mode);
        xds.put(resource(CLUSTER, 'a', '2'), resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['a'] }));
        client.nack(await client.next(CLUSTER));
        await client.accept(ROUTE_CONFIGURATION);
      });

      it('rule 83: other types wait for a client without answers no longer than the deadline', async () => {
        const xds = await start({ resources: world('1'), limits: SOON });
        const client = await settled(xds, mode);
        xds.put(...world('2'));
        await client.next(CLUSTER);
        await client.next(EDS);
        await client.next(LISTENER);
        await client.next(ROUTE_CONFIGURATION);
        assert.equal(xds.server.stats().waiting, 0);
      });

      it('rule 83: beyond the deadline, no route names a cluster that was not sent', async () => {
        const xds = await start({ resources: world('1'), limits: SOON });
        const client = await settled(xds, mode);
        xds.put(cluster('c'));
        const inFlight = await client.next(CLUSTER);
        xds.put(cluster('d'), resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['c', 'd'] }));
        xds.put(resource(LISTENER, 'l', '2', { clusters: ['c'] }));
        // It names a cluster that was sent and is not acknowledged.
        assert.deepEqual((await client.next(LISTENER)).names, ['l']);
        await client.expectSilence();
        client.ack(inFlight);
        await client.accept(CLUSTER);
        assert.deepEqual((await client.next(ROUTE_CONFIGURATION)).names, ['r']);
      });

      it('rule 83: a client that names its clusters gets routes to others beyond the deadline', async () => {
        const xds = await start({ resources: [...world('1'), cluster('b')], limits: SOON });
        const client = xds.connect(mode);
        client.subscribe(CLUSTER, ['a']);
        await client.accept(CLUSTER);
        client.subscribe(ROUTE_CONFIGURATION, ['r']);
        await client.accept(ROUTE_CONFIGURATION);
        xds.put(cluster('a', '2'));
        await client.next(CLUSTER);
        xds.put(cluster('a', '3'), cluster('c'), resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['c'] }));
        assert.deepEqual((await client.next(ROUTE_CONFIGURATION)).names, ['r']);
      });

      it('rule 83: a client without answers does not delay other clients, and causes no growing memory', async () => {
        const xds = await start({ resources: world('1') });
        const [stuck, other] = [await settled(xds, mode), await settled(xds, mode)];
        for (let round = 2; round < 10; round += 1) {
          xds.put(cluster('a', String(round)), resource(EDS, 'a', String(round)), resource(EDS, `t${String(round)}`));
          await other.accept(CLUSTER);
          await other.accept(EDS);
        }
        await stuck.settle();
        assert.deepEqual(
          stuck.history.map(({ typeUrl }) => typeUrl).filter((typeUrl) => typeUrl === CLUSTER || typeUrl === EDS),
          [CLUSTER, EDS],
        );
      });
    });
  }

  for (const mode of MODES) {
    it(`the separate services have no order: each type is sent at once, even if others stall or are rejected (${mode})`, async () => {
      const xds = await start({ clients: 'separate', resources: world('1') });
      const client = await settled(xds, mode);
      xds.server.transaction(() => {
        for (const item of world('2')) xds.store.put(item);
        xds.store.put(resource(ROUTE_CONFIGURATION, 'r', '2', { clusters: ['nowhere'] }));
      });
      const told = [await client.next(CLUSTER), await client.next(EDS), await client.next(LISTENER)];
      client.nack(told[0] ?? (await client.next(CLUSTER)));
      assert.deepEqual((await client.accept(ROUTE_CONFIGURATION)).names, ['r']);
      xds.remove(CLUSTER, 'a');
      const last = await client.accept(CLUSTER);
      assert.deepEqual([last.names, last.removed], [[], mode === 'sotw' ? [] : ['a']]);
      assert.equal(xds.server.stats().waiting, 0);
    });
  }
});
