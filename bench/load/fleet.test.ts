import assert from 'node:assert/strict';
import { encodeEnvoyMessage, typeUrl } from '../../src/proto/envoy-types.js';
import { ResourceStore, XdsServer, encodeResource } from '../../src/xds/index.js';
import { clusterMessage, loadAssignmentMessage } from '../world/messages.js';
import { clusterName } from '../world/names.js';
import { until } from './clock.js';
import { Fleet } from './fleet.js';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LOAD_ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
/** More than fits into the windows of either side. */
const SERVICES = 4_000;
const CLIENTS = 5;
const LIMIT_MS = 20_000;

describe('a fleet of simulated Envoys', () => {
  for (const mode of ['sotw', 'delta'] as const) {
    it(`gets all resources of a real server and receives a change, ${mode}`, async () => {
      const store = new ResourceStore();
      const server = new XdsServer({ provider: store });
      const putEndpoints = (index: number, port?: number): void =>
        store.put(
          encodeResource(
            typeUrl(LOAD_ASSIGNMENT),
            clusterName(index),
            encodeEnvoyMessage(LOAD_ASSIGNMENT, loadAssignmentMessage(index, port)),
          ),
        );
      for (let index = 0; index < SERVICES; index += 1) {
        const endpoints = clusterName(index);
        store.put(
          encodeResource(typeUrl(CLUSTER), endpoints, encodeEnvoyMessage(CLUSTER, clusterMessage(index)), {
            endpoints,
          }),
        );
        putEndpoints(index);
      }
      const { port } = await server.listen('127.0.0.1:0');
      const fleet = new Fleet({
        mode,
        services: SERVICES,
        clients: CLIENTS,
        localities: 2,
        everything: false,
        ramp: 3,
        ports: [port],
      });
      try {
        assert.ok(await fleet.open(LIMIT_MS), fleet.failure);
        assert.ok(await until(() => fleet.complete === CLIENTS, LIMIT_MS), 'everybody has everything');
        assert.equal(fleet.traffic.resources, 2 * SERVICES * CLIENTS);
        const heard = new Map<number, number>();
        fleet.onResource = (envoy, found) => heard.set(envoy, found.service === 9 ? found.endpointMark() : -1);
        server.transaction(() => putEndpoints(9, 10_001));
        assert.ok(await until(() => heard.size === CLIENTS, LIMIT_MS), 'everybody hears of the change');
        assert.deepEqual(
          [...heard.values()],
          Array.from({ length: CLIENTS }, () => 10_001),
        );
        assert.ok(
          await until(
            () => server.clients().every(({ types }) => types.every(({ state }) => state === 'SYNCED')),
            LIMIT_MS,
          ),
          'everything is acknowledged',
        );
        assert.equal(fleet.failure, '');
      } finally {
        fleet.close();
        await server.drain(0);
      }
    });
  }
});
