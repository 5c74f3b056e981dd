/**
 * The control plane stops or crashes, and restarts: the Envoys continue to serve, and none of their resources is removed, replaced or added
 * again.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { changesIn } from './support/envoys/changes.js';
import type { EnvoyAdmin } from './support/envoys/envoy-admin.js';
import { shiftToFailover } from './support/services/resources.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

describe('promise 5: a restart of the control plane', () => {
  for (const adsMode of ['GRPC', 'DELTA_GRPC'] as const) {
    for (const way of ['stop', 'crash'] as const) {
      it(
        `does not interrupt the Envoys and changes nothing in them (${adsMode}, ${way})`,
        withStory(async (story) => {
          const { east, west, plane } = await twoSites(story, { files: { 'shift.yaml': [shiftToFailover('east')] } });
          const { envoy, address } = await story.sidecar(plane, { cluster: 'east', adsMode });
          const traffic = story.traffic({ address });
          await traffic.settlesOn(east.names);
          const before = await changesIn(envoy.admin);

          await plane[way]();
          await eventually(async () => (await connected(envoy.admin)) === 0);
          await traffic.goesOn();
          await east.refuse();
          await traffic.settlesOn(west.names);
          await east.restore();
          await traffic.settlesOn(east.names);

          await plane.startAgain();
          await eventually(async () => (await connected(envoy.admin)) === 1);
          // The next update on the stream shows that all earlier ones were processed.
          await plane.write('east.yaml', east.destination({ endpoints: [] }));
          await traffic.settlesOn(west.names);
          assert.deepEqual(await changesIn(envoy.admin), before);
          assert.deepEqual((await traffic.stop()).failures, []);
          await plane.synced(envoy.id);
        }),
      );
    }
  }
});

async function connected(admin: EnvoyAdmin): Promise<number | undefined> {
  return (await admin.stats(/^control_plane\.connected_state$/)).get('control_plane.connected_state');
}
