/**
 * The basic test: a FailoverService of two tiers fails over and back, without a failed GET.
 */
import assert from 'node:assert/strict';
import { failoverService, shiftToFailover } from './support/services/resources.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

describe('a FailoverService of two tiers', () => {
  it(
    'sends all traffic to its first service, to the second one while the first is down, and back',
    withStory(async (story) => {
      const { east, west, plane } = await twoSites(story, { files: { 'shift.yaml': [shiftToFailover('east')] } });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const direct = story.traffic(sidecar);
      const shifted = story.traffic(sidecar, { host: `reviews:${story.port}` });
      const all = [direct, shifted];

      await Promise.all(all.map((traffic) => traffic.settlesOn(east.names)));
      await east.refuse();
      await Promise.all(all.map((traffic) => traffic.settlesOn(west.names)));
      await east.restore();
      await Promise.all(all.map((traffic) => traffic.settlesOn(east.names)));

      for (const traffic of all) assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );

  it(
    'exists only in the meshes that it names',
    withStory(async (story) => {
      const inEast = failoverService({ clusters: ['east', 'west'], port: story.port, visibleIn: ['east'] });
      const { west, plane } = await twoSites(story, {
        files: { 'shift.yaml': [shiftToFailover('east')], 'failover.yaml': [inEast] },
      });
      const sidecar = await story.sidecar(plane, { cluster: 'west' });

      const own = story.traffic(sidecar, { host: `reviews:${story.port}` });
      await own.settlesOn(west.names);
      assert.equal((await own.stop()).failed, 0);

      const failover = story.traffic(sidecar);
      const { answered, failed } = await failover.stop();
      assert.deepEqual(answered, {});
      assert.ok(failed > 0, 'the failover hostname is unknown in west');
    }),
  );
});
