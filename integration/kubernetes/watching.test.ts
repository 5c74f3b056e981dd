/** `lifeboat serve --kubernetes` with real API servers and a real Envoy: resources applied with kubectl, outages of API servers. */
import assert from 'node:assert/strict';
import { eventually } from '../support/processes/eventually.js';
import { install } from '../support/kubernetes/install.js';
import { KubeSite } from '../support/kubernetes/kube-site.js';
import { kubeconfigOf } from '../support/kubernetes/kubeconfig.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import { failoverService, quickOutlierDetection } from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import { type Story, withStory } from '../support/story.js';
import type { ControlPlane } from '../support/processes/control-plane.js';

const SITES = ['east', 'west'] as const;

interface World {
  readonly east: KubeSite;
  readonly west: KubeSite;
  readonly plane: ControlPlane;
}

/** Two clusters with `reviews`, its failover from east to west, and a control plane that reads it all from their API servers. */
async function world(story: Story): Promise<World> {
  const [east, west] = [await KubeSite.start(story, 'east'), await KubeSite.start(story, 'west')];
  await install(east, [
    ...meshes(...SITES),
    quickOutlierDetection(SITES),
    failoverService({ clusters: SITES, port: story.port }),
  ]);
  const plane = await story.controlPlane({}, { readsFiles: false, flags: await kubernetesFlags(story, east, west) });
  return { east, west, plane };
}

/** Both contexts in one kubeconfig. */
async function kubernetesFlags(story: Story, ...sites: readonly KubeSite[]): Promise<readonly string[]> {
  const file = await kubeconfigOf(await story.directory('kubeconfig'), sites);
  return [`--kubeconfig=${file}`, '--kubernetes', ...sites.map(({ name }) => `${name}=${name}`)];
}

describe('resources from Kubernetes', () => {
  before(async function () {
    // The programs of Kubernetes may have to be built first.
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
  });

  it(
    'promise 22: fail over and back as endpoints become ready; an API server that is gone or frozen changes nothing',
    withStory(async (story) => {
      const { east, west, plane } = await world(story);
      const traffic = story.traffic(await story.sidecar(plane, { cluster: 'east' }));
      await traffic.settlesOn(east.names);
      await east.ready([]);
      await traffic.settlesOn(west.names);
      await east.ready(east.backends);
      await traffic.settlesOn(east.names);

      await west.server.crash();
      await plane.logs(/Cluster west cannot be followed/);
      await east.ready([]);
      await traffic.settlesOn(west.names);
      await west.server.startAgain();
      await west.ready(west.backends.slice(0, 1));
      await traffic.settlesOn(west.names.slice(0, 1));

      // A frozen server keeps its connections open.
      west.server.freeze();
      await east.ready(east.backends);
      await traffic.settlesOn(east.names);
      west.server.unfreeze();
      await west.ready(west.backends);
      await east.ready([]);
      await traffic.settlesOn(west.names);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );

  it(
    'are found beside those of files, and when their definitions are installed later',
    withStory(async (story) => {
      const east = await KubeSite.start(story, 'east');
      const files = { 'policies.yaml': [quickOutlierDetection(SITES)] };
      const plane = await story.controlPlane(files, { flags: await kubernetesFlags(story, east) });
      await install(east, [failoverService({ clusters: ['east'], port: story.port }), quickOutlierDetection(['east'])]);
      const { spec } = await eventually(async () => {
        const [found] = await plane.resources({ kind: 'FailoverService' });
        assert.ok(found);
        return found;
      });
      assert.deepEqual(spec, failoverService({ clusters: ['east'], port: story.port }).spec);
      const meshNames = async (): Promise<readonly string[]> =>
        (await plane.resources({ kind: 'Mesh' })).map(({ metadata }) => metadata.name);
      assert.deepEqual(await meshNames(), ['lifeboat-east']);
      await east.server.apply(meshes('east'));
      await eventually(async () => (await meshNames()).join() === 'istiod-istio-system-east', {
        what: 'the Mesh of the cluster stands in for the one that was made up',
      });
      await plane.logs(/TrafficPolicy service-mesh-hub\/reviews-outlier is already defined at .*policies.yaml:1/);
    }),
  );

  it(
    'follow kubectl: an applied resource is in force, a deleted one is not',
    withStory(async (story) => {
      const { east, plane } = await world(story);
      await plane.reaches('FailoverService', 'reviews-failover', 'ACCEPTED');
      await east.server.kubectl(['delete', 'failoverservices.networking.smh.solo.io', '--all', '--all-namespaces']);
      await eventually(async () => (await plane.resources({ kind: 'FailoverService' })).length === 0, {
        what: 'the FailoverService is gone',
      });
    }),
  );
});
