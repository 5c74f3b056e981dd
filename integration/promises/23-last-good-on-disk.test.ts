/**
 * Promise 23: a control plane that starts while its files are broken or gone serves what was last valid, from its state on disk, and a
 * connected Envoy loses nothing.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withStory } from '../support/story.js';
import { twoSites } from '../support/two-sites.js';

describe('a start with a state on disk', () => {
  it(
    'promise 23: serves what was last valid when a file is broken, to new Envoys too',
    withStory(async (story) => {
      const state = join(await story.directory('state'), 'lifeboat');
      const { east, west, plane } = await twoSites(story, { flags: ['--state-dir', state] });
      const traffic = story.traffic(await story.sidecar(plane, { cluster: 'east' }));
      await traffic.settlesOn(east.names);
      await plane.stop();
      await plane.writeText('east.yaml', 'apiVersion: [');
      await plane.writeText('failover.yaml', '');
      await plane.startAgain();
      await plane.logs(/resources are in force as in the state of/);

      const newcomer = await story.sidecar(plane, { cluster: 'east' });
      const other = story.traffic(newcomer);
      await other.settlesOn(east.names);
      await east.refuse();
      await traffic.settlesOn(west.names);
      await other.settlesOn(west.names);
      assert.deepEqual((await traffic.stop()).failures, []);
      assert.deepEqual((await other.stop()).failures, []);
    }),
  );
});
