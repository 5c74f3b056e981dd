/**
 * External names as members of a failover destination. Their servers know only their own host.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { send } from './support/clients/http-client.js';
import {
  APP_NAMESPACE,
  SYSTEM_NAMESPACE,
  QUICK_OUTLIER_DETECTION,
  destination,
  serviceRef,
} from './support/services/resources.js';
import { meshes } from './support/services/service.js';
import { withStory } from './support/story.js';

const HOSTNAME = 'shop.failover.global';

describe('a failover destination with a service and an external name', () => {
  it(
    'sends each backend the host header that it knows',
    withStory(async (story) => {
      const own = await story.backend('east');
      const elsewhere = await story.backend('elsewhere', { address: '127.0.0.1' });
      const services = [serviceRef('east', 'shop'), serviceRef('provider', 'shop')];
      const plane = await story.controlPlane({
        'meshes.yaml': meshes('east', 'provider'),
        'own.yaml': [
          destination({ cluster: 'east', service: 'shop', port: story.port, endpoints: [{ address: own.address }] }),
        ],
        'elsewhere.yaml': [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: {
              name: 'shop',
              namespace: APP_NAMESPACE,
              annotations: { 'cluster.solo.io/cluster': 'provider' },
            },
            spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'http', port: story.port }] },
          },
        ],
        'failover.yaml': [
          {
            apiVersion: 'networking.mesh.gloo.solo.io/v1',
            kind: 'TrafficPolicy',
            metadata: { name: 'shop', namespace: SYSTEM_NAMESPACE },
            spec: {
              destinationSelector: [{ kubeServiceRefs: { services } }],
              policy: { outlierDetection: QUICK_OUTLIER_DETECTION },
            },
          },
          {
            apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
            kind: 'VirtualDestination',
            metadata: { name: 'shop', namespace: SYSTEM_NAMESPACE },
            spec: {
              hostname: HOSTNAME,
              port: { number: story.port, protocol: 'HTTP' },
              static: { destinations: services.map((kubeService) => ({ kubeService })) },
            },
          },
        ],
      });
      const { address } = await story.sidecar(plane, { cluster: 'east' });
      const backendOf = async (): Promise<unknown> =>
        (await send({ address, port: story.port, headers: { host: HOSTNAME } })).headers['x-backend'];

      assert.equal(await backendOf(), 'east');
      assert.equal(own.latestHeaders.host, HOSTNAME);
      await own.refuse();
      await eventually(async () => (await backendOf()) === 'elsewhere', { what: 'requests go elsewhere' });
      assert.equal(elsewhere.latestHeaders.host, 'localhost');
      await own.restore();
      await eventually(async () => (await backendOf()) === 'east', { what: 'requests come back' });
      assert.equal(own.latestHeaders.host, HOSTNAME);
    }),
  );
});
