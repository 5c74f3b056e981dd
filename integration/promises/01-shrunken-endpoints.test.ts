/**
 * Promises 1 and 2: when a service suddenly has no endpoints any more, by its EndpointSlices, traffic goes on to those that it had,
 * for a grace time; then the service is really empty. What a person removes is removed at once.
 */
import assert from 'node:assert/strict';
import type { ControlPlane, ResourceObject } from '../support/processes/control-plane.js';
import { eventually } from '../support/processes/eventually.js';
import { failoverFiles } from '../support/services/failover-files.js';
import { APP_NAMESPACE } from '../support/services/resources.js';
import type { Site } from '../support/services/site.js';
import { type Story, withStory } from '../support/story.js';

describe('a service whose EndpointSlice is suddenly empty', () => {
  for (const adsMode of ['GRPC', 'DELTA_GRPC'] as const) {
    it(
      `promise 1: keeps its traffic for the grace time, then fails over without a failed request (${adsMode})`,
      withStory(async (story) => {
        const [east, west] = [await story.site('east', { backends: 3 }), await story.site('west')];
        const plane = await startPlane(story, [east, west], '5s');
        const sidecar = await story.sidecar(plane, { cluster: 'east', adsMode });
        const traffic = story.traffic(sidecar);
        await traffic.settlesOn(east.names);

        await plane.write('east.yaml', slice(east, [], story.port));
        await plane.logs(/3 of 3 endpoints disappeared at once/);
        assert.deepEqual(await plane.metric('lifeboat_endpoints_retained'), { '': 3 });
        await traffic.settlesOn(east.names);

        await traffic.settlesOn(west.names);
        assert.deepEqual(await plane.metric('lifeboat_endpoints_retained'), { '': 0 });
        await plane.write('east.yaml', slice(east, east.backends, story.port));
        await traffic.settlesOn(east.names);
        assert.deepEqual((await traffic.stop()).failures, []);
      }),
    );
  }

  it(
    'promise 1: loses its endpoints at once when the EndpointSlice is deleted',
    withStory(async (story) => {
      const [east, west] = [await story.site('east'), await story.site('west')];
      const plane = await startPlane(story, [east, west], '1h');
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const traffic = story.traffic(sidecar);
      await traffic.settlesOn(east.names);
      await plane.remove('east.yaml');
      await traffic.settlesOn(west.names);
      await eventually(async () => (await plane.metric('lifeboat_endpoint_losses_total'))[''] === 0);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});

/** The near service by its EndpointSlices, the far one as a Destination. */
function startPlane(story: Story, [near, far]: readonly [Site, Site], shrinkGrace: string): Promise<ControlPlane> {
  return story.controlPlane(
    {
      ...failoverFiles([near, far], story.port),
      'services.yaml': [service(near, story.port)],
      'east.yaml': [slice(near, near.backends, story.port)],
    },
    { flags: ['--shrink-grace', shrinkGrace] },
  );
}

function service({ cluster }: Site, port: number): ResourceObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'reviews', namespace: APP_NAMESPACE, annotations: { 'cluster.solo.io/cluster': cluster } },
    spec: { ports: [{ name: 'http', port }] },
  };
}

function slice({ cluster }: Site, backends: Site['backends'], port: number): ResourceObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'reviews-1',
      namespace: APP_NAMESPACE,
      annotations: { 'cluster.solo.io/cluster': cluster },
      labels: { 'kubernetes.io/service-name': 'reviews' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: backends.map(({ address }) => ({
      addresses: [address],
      deprecatedTopology: { 'topology.kubernetes.io/region': cluster },
    })),
  };
}
