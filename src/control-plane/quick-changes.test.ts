/** A change while the clusters of the one before are being sent: Envoy acknowledges these only when it has their endpoints. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readCase } from '../testing/case.js';
import { TESTDATA } from '../testing/golden.js';
import { XdsTestClient } from '../testing/xds/client.js';
import type { ClientMode } from '../testing/xds/client-wire.js';
import { MODES } from '../testing/xds/server.js';
import { createControlPlane } from './control-plane.js';
import { typeUrls } from './views/resource-types.js';

const NODE = { id: 'n', cluster: 'mgmt-cluster', locality: { region: 'us-east-1' } };
const { cluster: CLUSTER, endpoint: EDS, listener: LISTENER, route: RDS } = typeUrls;

/** A service with one endpoint. */
function service(name: string): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop, annotations: {cluster.solo.io/cluster: mgmt-cluster}}
spec: {ports: [{name: http, port: 9080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: ${name}-1
  namespace: shop
  labels: {kubernetes.io/service-name: ${name}}
  annotations: {cluster.solo.io/cluster: mgmt-cluster}
addressType: IPv4
ports: [{name: http, port: 9080}]
endpoints: [{addresses: [10.0.0.1]}]
`;
}

interface Connected {
  /** Adds a service. */
  readonly add: (name: string) => void;
  readonly client: XdsTestClient;
  readonly end: () => Promise<void>;
}

/** A client of a control plane in which no type stops waiting for another. */
async function connected(mode: ClientMode): Promise<Connected> {
  const controlPlane = createControlPlane({ xds: { limits: { orderDeadlineMs: 600_000 } } });
  const guide = readCase(join(TESTDATA, 'golden', 'guide'));
  controlPlane.apply(guide.first);
  const { port } = await controlPlane.xds.listen('127.0.0.1:0');
  const client = new XdsTestClient(port, { mode, node: NODE });
  return {
    add: (name) => void controlPlane.apply(guide.batch({ name, put: service(name) })),
    client,
    end: async () => {
      client.close();
      await controlPlane.xds.drain(0);
    },
  };
}

describe('changes in quick succession', () => {
  for (const mode of MODES) {
    it(`a change right after the first clusters does not delay the first endpoints (${mode})`, async () => {
      const { add, client, end } = await connected(mode);
      try {
        client.subscribe(CLUSTER);
        const inFlight = await client.next(CLUSTER);
        add('first');
        client.subscribe(EDS, [...inFlight.names]);
        assert.deepEqual((await client.accept(EDS)).names, inFlight.names);
        client.ack(inFlight);
        assert.ok((await client.accept(CLUSTER)).names.some((name) => name.includes('first')));
      } finally {
        await end();
      }
    });

    it(`endpoints of a new cluster do not wait for the acknowledgement that waits for them (${mode})`, async () => {
      const { add, client, end } = await connected(mode);
      try {
        client.subscribe(CLUSTER);
        const known = (await client.accept(CLUSTER)).names;
        client.subscribe(EDS, [...known]);
        await client.accept(EDS);
        for (const [typeUrl, names] of [
          [LISTENER, []],
          [RDS, ['9080']],
        ] as const) {
          client.subscribe(typeUrl, names);
          await client.accept(typeUrl);
        }
        await client.settle();

        add('first');
        const inFlight = await client.next(CLUSTER);
        const added = inFlight.names.find((name) => name.includes('first')) ?? '';
        add('second');
        client.subscribe(EDS, mode === 'sotw' ? [...known, added] : [added]);
        const endpoints = await client.next(EDS);
        assert.deepEqual(endpoints.names, [added]);
        client.ack(endpoints);
        client.ack(inFlight);
        assert.ok((await client.accept(CLUSTER)).names.some((name) => name.includes('second')));
        // The endpoints are not sent again.
        const after = client.history.filter(({ typeUrl }) => typeUrl === EDS).length;
        await client.settle();
        assert.equal(client.history.filter(({ typeUrl }) => typeUrl === EDS).length, after);
      } finally {
        await end();
      }
    });
  }
});
