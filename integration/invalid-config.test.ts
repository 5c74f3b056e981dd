/**
 * Files that become invalid: the last valid version stays in force, the finding has the position, and other resources still apply.
 */
import assert from 'node:assert/strict';
import { failoverService, shiftToFailover } from './support/services/resources.js';
import type { ControlPlane } from './support/processes/control-plane.js';
import type { Site } from './support/services/site.js';
import { withStory, type Sidecar, type Story } from './support/story.js';
import { twoSites, type TwoSites } from './support/two-sites.js';

const CLUSTERS = ['east', 'west'] as const;

describe('promise 7: a resource that becomes invalid', () => {
  it(
    'keeps its last valid version in force, reports the error, and affects no other resource',
    withStory(async (story) => {
      const { east, west, plane, sidecar } = await begin(story);
      const traffic = story.traffic(sidecar);
      await traffic.settlesOn(east.names);

      const invalid = failoverService({ clusters: CLUSTERS, port: 99_999 });
      await plane.write('failover.yaml', invalid);
      const status = await plane.reaches('FailoverService', 'reviews-failover', 'INVALID');
      assert.match(status.errors?.[0] ?? '', /Invalid port number 99999: must be between 1 and 65535, inclusive\./);
      assert.equal(status.observedGeneration, '2');

      await othersGoOn(plane, sidecar);
      await failsOverAndBack(story, sidecar, east, west);
      assert.deepEqual((await traffic.stop()).failures, []);

      await plane.write('failover.yaml', failoverService({ clusters: CLUSTERS, port: story.port }));
      await plane.reaches('FailoverService', 'reviews-failover', 'ACCEPTED');
    }),
  );
});

describe('promise 6: a file that becomes broken YAML', () => {
  it(
    'keeps its resources in force while other files are applied',
    withStory(async (story) => {
      const { east, west, plane, sidecar } = await begin(story);
      const traffic = story.traffic(sidecar);
      await traffic.settlesOn(east.names);

      await plane.writeText(
        'failover.yaml',
        'apiVersion: networking.smh.solo.io/v1alpha2\nkind: [FailoverService\nmetadata: {\n',
      );
      await plane.logs(/failover\.yaml/);

      await othersGoOn(plane, sidecar);
      await failsOverAndBack(story, sidecar, east, west);
      assert.deepEqual((await traffic.stop()).failures, []);

      await plane.write(
        'failover.yaml',
        failoverService({ clusters: ['west', 'east'], port: story.port, visibleIn: ['east'] }),
      );
      await story.traffic(sidecar).settlesOn(west.names);
    }),
  );
});

describe('promise 23: a directory that is unmounted', () => {
  it(
    'keeps its resources in force, and Envoys get no update, also after its return',
    withStory(async (story) => {
      const { east, west, plane, sidecar } = await begin(story);
      const traffic = story.traffic(sidecar);
      await traffic.settlesOn(east.names);
      const pushes = await plane.metric('lifeboat_xds_pushes_total');

      const mountAgain = await plane.loseDirectory();
      await plane.logs(/ no longer exists\. Its last \d+ resources stay in force until/);
      assert.ok(Object.values(await plane.metric('lifeboat_source_held')).some((held) => held > 0));
      await east.refuse();
      await traffic.settlesOn(west.names);
      await east.restore();
      await traffic.settlesOn(east.names);

      await mountAgain();
      await plane.logs(/resolved: .* no longer exists/);
      assert.deepEqual(
        await plane.metric('lifeboat_source_held'),
        Object.fromEntries([[`{source="${plane.directory}"}`, 0]]),
      );
      assert.deepEqual(await plane.metric('lifeboat_xds_pushes_total'), pushes);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});

async function begin(story: Story): Promise<TwoSites & { readonly sidecar: Sidecar }> {
  const world = await twoSites(story);
  return { ...world, sidecar: await story.sidecar(world.plane, { cluster: 'east' }) };
}

/** Applies a new policy in another file: the traffic for `reviews` of east is shifted to the FailoverService. */
async function othersGoOn(plane: ControlPlane, sidecar: Sidecar): Promise<void> {
  await plane.write('shift.yaml', shiftToFailover('east'));
  await plane.reaches('TrafficPolicy', 'reviews-shift-failover', 'ACCEPTED');
  await plane.synced(sidecar.envoy.id);
}

async function failsOverAndBack(story: Story, sidecar: Sidecar, east: Site, west: Site): Promise<void> {
  const shifted = story.traffic(sidecar, { host: `reviews:${story.port}` });
  await shifted.settlesOn(east.names);
  await east.refuse();
  await shifted.settlesOn(west.names);
  await east.restore();
  await shifted.settlesOn(east.names);
  assert.deepEqual((await shifted.stop()).failures, []);
}
