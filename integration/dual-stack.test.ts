/**
 * Pods with an address of each IP family, as Kubernetes lists them. If one family does not work, Envoy uses the other address of the pod, and no
 * request leaves its region.
 */
import assert from 'node:assert/strict';
import type { ResourceObject } from './support/processes/control-plane.js';
import { failoverFiles } from './support/services/failover-files.js';
import { APP_NAMESPACE } from './support/services/resources.js';
import type { Site } from './support/services/site.js';
import { withStory } from './support/story.js';

describe('pods with addresses of both IP families', () => {
  for (const families of [
    ['IPv4', 'IPv6'],
    ['IPv6', 'IPv4'],
  ] as const) {
    it(
      `get all traffic of their region if IPv6 does not work and ${families[0]} takes precedence, and fail over when they fail`,
      withStory(async (story) => {
        const [east, west] = [await story.site('east'), await story.site('west')];
        const plane = await story.controlPlane({
          ...failoverFiles([east, west], story.port),
          'east.yaml': dualStack(east, families, story.port),
          'west.yaml': dualStack(west, families, story.port),
        });
        const sidecar = await story.sidecar(plane, { cluster: 'east' });

        const traffic = story.traffic(sidecar, { concurrency: 4 });
        await traffic.goesOn(300);
        const { answered, failures } = await traffic.stop();
        assert.deepEqual(failures, []);
        assert.deepEqual(Object.keys(answered).sort(), east.names);

        const later = story.traffic(sidecar);
        await east.refuse();
        await later.settlesOn(west.names);
        assert.deepEqual((await later.stop()).failures, []);
      }),
    );
  }
});

/** A service whose pods have the address of a backend, and another address without a server. */
function dualStack(
  { cluster, backends }: Site,
  ipFamilies: readonly string[],
  port: number,
): readonly ResourceObject[] {
  const annotations = { 'cluster.solo.io/cluster': cluster };
  const pod = (name: string): object => ({ kind: 'Pod', name, namespace: APP_NAMESPACE, uid: name });
  const slice = (family: string, addressOf: (address: string, i: number) => string): ResourceObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `reviews-${family}`,
      namespace: APP_NAMESPACE,
      annotations,
      labels: { 'kubernetes.io/service-name': 'reviews' },
    },
    addressType: family,
    ports: [{ name: 'http', port }],
    endpoints: backends.map(({ name, address }, i) => ({
      addresses: [addressOf(address, i)],
      targetRef: pod(name),
      deprecatedTopology: { 'topology.kubernetes.io/region': cluster },
    })),
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'reviews', namespace: APP_NAMESPACE, annotations },
      spec: { ipFamilies, ports: [{ name: 'http', port }] },
    },
    slice('IPv4', (address) => address),
    slice('IPv6', (_, i) => `2001:db8:${cluster === 'east' ? '1' : '2'}::${String(i + 1)}`),
  ];
}
