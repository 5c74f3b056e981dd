/** Promise 11: all Envoys reconnect at once, to a control plane that admits few streams per second. They wait for their turn, and none is refused. */
import assert from 'node:assert/strict';
import { eventually } from '../support/processes/eventually.js';
import { withStory } from '../support/story.js';
import { twoSites } from '../support/two-sites.js';

const ENVOYS = 6;

describe('a fleet whose control plane crashes', () => {
  it(
    'promise 11: comes back in order, however few streams are admitted, and no request fails',
    withStory(async (story) => {
      const { east, west, plane } = await twoSites(story, { flags: ['--max-new-streams-per-second', '1'] });
      const sidecars = await Promise.all(
        Array.from({ length: ENVOYS }, () => story.sidecar(plane, { cluster: 'east' })),
      );
      const traffic = sidecars.map((sidecar) => story.traffic(sidecar, { pause: 5 }));
      await Promise.all(traffic.map((each) => each.settlesOn(east.names)));

      await plane.crash();
      await plane.startAgain();
      for (const { envoy } of sidecars) await plane.synced(envoy.id);
      const limited = await plane.metric('lifeboat_xds_limited_total');
      assert.equal(limited['{limit="stream-rate"}'], 0, JSON.stringify(limited));

      await plane.write('east.yaml', east.destination({ endpoints: [] }));
      await Promise.all(traffic.map((each) => each.settlesOn(west.names)));
      await eventually(async () => (await plane.proxies()).length === ENVOYS);
      for (const each of traffic) assert.deepEqual((await each.stop()).failures, []);
    }),
  );
});
