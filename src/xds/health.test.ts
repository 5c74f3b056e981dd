/** Health checks, by a client with gRPC's own .proto file. */
import assert from 'node:assert/strict';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { serviceClients, turnsUntil } from '../testing/service-client.js';
import { overTransports } from '../testing/xds/server.js';

const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const HEALTH = '/grpc.health.v1.Health';
const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const [SERVING, NOT_SERVING] = [{ status: 'SERVING' }, { status: 'NOT_SERVING' }];

overTransports('health', (start) => {
  const connect = serviceClients();

  it('is reported for the server and for each service', async () => {
    let ready = false;
    const xds = await start({ ready: () => ready });
    const client = connect(xds.port);
    for (const service of ['', ADS, 'grpc.health.v1.Health']) {
      ready = false;
      assert.deepEqual(await client.unary(`${HEALTH}/Check`, { service }), NOT_SERVING);
      ready = true;
      assert.deepEqual(await client.unary(`${HEALTH}/Check`, { service }), SERVING);
    }
    await assert.rejects(client.unary(`${HEALTH}/Check`, { service: 'other' }), { code: status.NOT_FOUND });
  });

  it('lists the services', async () => {
    const xds = await start();
    const { statuses } = await connect(xds.port).unary<{ readonly statuses: object }>(`${HEALTH}/List`, {});
    const served = [...xds.server.methods().keys()].map((path) => path.split('/')[1]);
    assert.deepEqual(Object.keys(statuses).sort(), ['', ...new Set(served)].sort());
    assert.deepEqual(
      new Set(Object.values(statuses).map((item) => JSON.stringify(item))),
      new Set([JSON.stringify(SERVING)]),
    );
  });

  it('can be watched: each change is sent once', async () => {
    let ready = false;
    const xds = await start({ ready: () => ready });
    const watch = connect(xds.port).watch(`${HEALTH}/Watch`, { service: ADS });
    assert.deepEqual(await watch.next(), NOT_SERVING);
    xds.server.readinessChanged();
    ready = true;
    xds.server.readinessChanged();
    assert.deepEqual(await watch.next(), SERVING);
    assert.equal(watch.pending, 0);
  });

  it('can be watched for an unknown service', async () => {
    const xds = await start();
    const watch = connect(xds.port).watch(`${HEALTH}/Watch`, { service: 'other' });
    assert.deepEqual(await watch.next(), { status: 'SERVICE_UNKNOWN' });
  });

  it('rule 95: is NOT_SERVING from the start of a drain, which does not wait for watchers', async () => {
    const xds = await start();
    const watch = connect(xds.port).watch(`${HEALTH}/Watch`, {});
    assert.deepEqual(await watch.next(), SERVING);
    await xds.server.drain(1e9);
    assert.deepEqual(await watch.next(), NOT_SERVING);
    assert.equal((await watch.status).code, status.UNAVAILABLE);
    assert.equal(xds.server.stats().queries, 0);
  });

  it('rule 99: leaves nothing behind for clients that watched it', async () => {
    const xds = await start();
    const watch = connect(xds.port).watch(`${HEALTH}/Watch`, {});
    await watch.next();
    assert.deepEqual([xds.server.stats().queries, xds.server.stats().healthWatchers], [1, 1]);
    watch.cancel();
    await turnsUntil(() => xds.server.stats().queries === 0);
    assert.equal(xds.server.stats().healthWatchers, 0);
  });

  it('is reported at any number of open calls, and can be watched by a limited number of clients', async () => {
    const xds = await start({ limits: { maxStreams: 0, maxQueries: 2 } });
    const client = connect(xds.port);
    const reflection = ['first', 'second', 'third'].map(() => client.stream(REFLECTION));
    for (const stream of reflection) stream.send({ listServices: '*' });
    assert.equal((await reflection[2]?.status)?.code, status.RESOURCE_EXHAUSTED);
    assert.deepEqual(await client.unary(`${HEALTH}/Check`, {}), SERVING);

    const watches = ['first', 'second'].map(() => client.watch(`${HEALTH}/Watch`, {}));
    for (const watch of watches) assert.deepEqual(await watch.next(), SERVING);
    assert.equal((await client.watch(`${HEALTH}/Watch`, {}).status).code, status.RESOURCE_EXHAUSTED);
    assert.deepEqual(await client.unary(`${HEALTH}/Check`, {}), SERVING);
    watches[0]?.cancel();
    await turnsUntil(() => xds.server.stats().healthWatchers === 1);
    assert.deepEqual(await client.watch(`${HEALTH}/Watch`, {}).next(), SERVING);
  });

  it('is reported by a server of @grpc/grpc-js, even while it drains', async () => {
    const xds = await start();
    const grpc = new Server();
    xds.server.addTo(grpc);
    const port = await new Promise<number>((resolve, reject) => {
      grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const client = connect(port);
    const watch = client.watch(`${HEALTH}/Watch`, {});
    assert.deepEqual(await watch.next(), SERVING);
    assert.deepEqual(await client.unary(`${HEALTH}/Check`, {}), SERVING);
    await xds.server.drain(0);
    assert.deepEqual(await watch.next(), NOT_SERVING);
    assert.equal((await watch.status).code, status.UNAVAILABLE);
    assert.deepEqual(await client.unary(`${HEALTH}/Check`, {}), NOT_SERVING);
    assert.equal((await client.watch(`${HEALTH}/Watch`, {}).status).code, status.UNAVAILABLE);
    grpc.forceShutdown();
  });

  it('is left to the program if the program excludes the service', async () => {
    const xds = await start({ services: ['clientStatus'] });
    await assert.rejects(connect(xds.port).unary(`${HEALTH}/Check`, {}), { code: status.UNIMPLEMENTED });
  });
});
