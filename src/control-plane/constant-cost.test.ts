import assert from 'node:assert/strict';
import type { Resource } from '../api/resource.js';
import { destination, failoverService, putResources, trafficPolicy } from '../testing/world.js';
import { watch } from '../testing/watcher.js';
import { type Core, createCore } from './inputs/core.js';

interface Cost {
  readonly computed: number;
  readonly sent: number;
}

/** The computed rows and sent resources when one of the endpoints of `services` services in two clusters changes. `targets`: of gRPC clients. */
function costOfOneEndpoint(services: number, protocol = 'http', targets?: readonly string[]): Cost {
  const core = createCore();
  const ports = [{ port: 80, name: protocol }];
  const names = Array.from({ length: services }, (_, i) => `service-${String(i)}`);
  put(core, ...names.map((name) => destination(name, 'east', { ports, endpoints: ['10.0.0.1', '10.0.0.2'] })));
  put(core, ...names.map((name) => destination(name, 'west', { ports, endpoints: ['10.1.0.1'] })));
  put(
    core,
    trafficPolicy(
      'outliers',
      names.flatMap((name) => [`${name}@east`, `${name}@west`]),
      { outlierDetection: {} },
    ),
  );
  put(
    core,
    ...names.map((name) => failoverService(name, [`${name}@east`, `${name}@west`], { port: { number: 80, protocol } })),
  );
  const clients = ['one', 'two', 'three'].map((nodeId) =>
    watch(core, { nodeId, cluster: 'east', metadata: { NAMESPACE: nodeId }, ...(targets && { targets }) }),
  );
  for (const client of clients) client.takeChanges();
  const before = total(core);
  put(core, destination('service-7', 'east', { ports, endpoints: ['10.0.0.1', '10.0.0.2!'] }));
  return {
    computed: total(core) - before,
    sent: clients.reduce((count, client) => count + Object.values(client.takeChanges()).flat().length, 0),
  };
}

function put({ graph, model }: Core, ...resources: readonly Resource<unknown>[]): void {
  putResources(graph, model.inputs, resources);
}

function total(core: Core): number {
  return [...core.graph.computed().values()].reduce((sum, count) => sum + count, 0);
}

describe('the cost of a changed endpoint', () => {
  it('does not grow with the number of services', () => {
    const few = costOfOneEndpoint(10);
    assert.deepEqual(costOfOneEndpoint(500), few);
    assert.equal(
      few.sent,
      6,
      "each of three clients gets the service's load assignment and the failover destination's",
    );
    assert.ok(few.computed <= 10, `${String(few.computed)} rows`);
  });

  it('does not include listeners, although they contain the number of connect attempts', () => {
    const few = costOfOneEndpoint(10, 'tls');
    assert.deepEqual(costOfOneEndpoint(200, 'tls'), few);
    assert.equal(few.sent, 6);
    assert.ok(few.computed <= 12, `${String(few.computed)} rows`);
  });

  it('is the same for gRPC clients, who cause only rows that they name to be computed', () => {
    const few = costOfOneEndpoint(10, 'grpc', ['service-7.global:80']);
    assert.deepEqual(costOfOneEndpoint(200, 'grpc', ['service-7.global:80']), few);
    assert.equal(few.sent, 3, "each of three clients gets the failover destination's load assignment");
    assert.ok(few.computed <= 6, `${String(few.computed)} rows`);

    const core = createCore();
    const names = Array.from({ length: 50 }, (_, i) => `service-${String(i)}`);
    put(core, ...names.map((name) => destination(name, 'east')));
    const client = watch(core, {
      nodeId: 'one',
      cluster: 'east',
      targets: ['service-7.app:80', 'service-8.app', 'nobody.app:80'],
    });
    assert.equal(Object.keys(client.versions().listener).length, 2);
    const computed = core.graph.computed();
    const counts = [
      'targets',
      'apiListeners',
      'encodedApiListeners',
      'encodedGrpcClusters',
      'encodedClusters',
      'visibleHosts',
      'loadAssignments',
    ];
    assert.deepEqual(
      counts.map((table) => computed.get(table) ?? 0),
      [3, 3, 2, 2, 0, 0, 2],
    );
  });
});
