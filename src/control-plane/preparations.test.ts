/**
 * Promise 11: what the first client of a view needs is computed in turns, while its requests wait. Counted: no row that takes long is computed in
 * the turn in which a client subscribes, and other streams have turns in between.
 */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { XdsTestClient } from '../testing/xds/client.js';
import { MODES } from '../testing/xds/server.js';
import { readDocuments } from '../testing/case.js';
import { type ControlPlane, createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

/** The tables of what is sent, and what takes the longest. */
const ENCODED = ['encodedClusters', 'encodedTiers', 'loadAssignments', 'encodedVirtualHosts'];

interface Fleet {
  readonly controlPlane: ControlPlane;
  readonly port: number;
  /** How many rows of the tables have been computed. */
  readonly computed: () => number;
}

function service(index: number): string {
  const name = `service-${String(index)}`;
  return `apiVersion: discovery.mesh.gloo.solo.io/v1
kind: Destination
metadata: { name: ${name}, namespace: gloo-mesh }
spec:
  kubeService:
    ref: { name: ${name}, namespace: shop, clusterName: east }
    ports: [{ port: 80, name: http }]
    endpointSubsets:
    - ports: [{ port: 80, name: http }]
      endpoints: [{ ipAddress: 10.0.${String(index >> 8)}.${String(index & 255)} }]
`;
}

async function fleetOf(services: number): Promise<Fleet> {
  const controlPlane = createControlPlane();
  const upserts = readDocuments(
    'in.yaml',
    Array.from({ length: services }, (_, index) => service(index)).join('---\n'),
  );
  controlPlane.apply({ upserts, deletes: [], findings: [], newFindings: [] });
  const { port } = await controlPlane.xds.listen('127.0.0.1:0');
  return {
    controlPlane,
    port,
    computed: () => ENCODED.reduce((sum, table) => sum + (controlPlane.computed().get(table) ?? 0), 0),
  };
}

describe('promise 11: the first client of a view', () => {
  for (const mode of MODES)
    it(`waits while its rows are computed in turns, and then has none computed (${mode})`, async () => {
      const { controlPlane, port, computed } = await fleetOf(450);
      const client = new XdsTestClient(port, { mode, node: { id: 'new', cluster: 'east' } });
      try {
        /** Rows that were computed while the requests waited, in how many turns; and those after it. */
        const count = async (typeUrl: string): Promise<{ readonly waited: number; readonly later: number }> => {
          const before = computed();
          let last = before;
          client.subscribe(typeUrl);
          const answer = client.accept(typeUrl);
          while (controlPlane.xds.stats().awaitingPreparation === 0) await turn();
          while (controlPlane.xds.stats().awaitingPreparation > 0) {
            last = computed();
            await turn();
          }
          await answer;
          return { waited: computed() - before, later: computed() - last };
        };
        const clusters = await count(typeUrls.cluster);
        // 450 clusters, the load assignment of each, and what these have in common with others.
        assert.ok(clusters.waited >= 900, JSON.stringify(clusters));
        const names = client.history.flatMap((response) => response.names);
        assert.equal(names.length, 450);
        const before = computed();
        client.subscribe(typeUrls.endpoint, names);
        await client.accept(typeUrls.endpoint);
        assert.equal(computed() - before, 0, 'endpoints were computed with their clusters');
        const listeners = await count(typeUrls.listener);
        assert.ok(listeners.waited >= 450, JSON.stringify(listeners));
        const beforeRoutes = computed();
        client.subscribe(typeUrls.route, ['80']);
        await client.accept(typeUrls.route);
        assert.equal(computed() - beforeRoutes, 0, 'virtual hosts were computed with the listeners');
      } finally {
        client.close();
        await controlPlane.xds.drain(0);
      }
    });

  it('shares them with others of its view, who wait for the same and cause nothing more', async () => {
    const { controlPlane, port, computed } = await fleetOf(450);
    const clients = Array.from(
      { length: 20 },
      (_, index) => new XdsTestClient(port, { mode: 'delta', node: { id: `n${String(index)}`, cluster: 'east' } }),
    );
    try {
      for (const client of clients) client.subscribe(typeUrls.cluster);
      await Promise.all(clients.map((client) => client.accept(typeUrls.cluster)));
      const first = computed();
      const late = new XdsTestClient(port, { mode: 'delta', node: { id: 'late', cluster: 'east' } });
      clients.push(late);
      late.subscribe(typeUrls.cluster);
      await late.accept(typeUrls.cluster);
      assert.equal(computed(), first);
      // 450 clusters and their load assignments, the latter by name and by ranking.
      assert.ok(first <= 3 * 450, String(first));
    } finally {
      for (const client of clients) client.close();
      await controlPlane.xds.drain(0);
    }
  });

  it('does not wait in a small mesh, nor does a gRPC client, which names what it needs', async () => {
    for (const [services, generator] of [
      [20, ''],
      [450, 'grpc'],
    ] as const) {
      const { controlPlane, port } = await fleetOf(services);
      const metadata = { fields: { GENERATOR: { stringValue: generator } } };
      const client = new XdsTestClient(port, { mode: 'sotw', node: { id: 'n', cluster: 'east', metadata } });
      try {
        client.subscribe(typeUrls.cluster, generator === '' ? [] : ['x']);
        while (controlPlane.xds.connected().length === 0) {
          assert.equal(controlPlane.xds.stats().awaitingPreparation, 0);
          await turn();
        }
      } finally {
        client.close();
        await controlPlane.xds.drain(0);
      }
    }
  });
});
