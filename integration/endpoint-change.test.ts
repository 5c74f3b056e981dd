/**
 * Endpoints are added to and removed from a file while traffic flows: without failed requests and without a restart.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { failoverFiles } from './support/services/failover-files.js';
import { withStory } from './support/story.js';

describe('promise 18: endpoints in a file', () => {
  for (const adsMode of ['GRPC', 'DELTA_GRPC'] as const) {
    it(
      `are added and removed under traffic without a failed request (${adsMode})`,
      withStory(async (story) => {
        const east = await story.site('east', { backends: 3 });
        const west = await story.site('west');
        const [first, second, third] = east.backends;
        assert.ok(first && second && third);
        const only = (...backends: readonly { readonly address: string }[]) =>
          east.destination({ endpoints: backends });
        const plane = await story.controlPlane({
          ...failoverFiles([east, west], story.port),
          'east.yaml': [only(first)],
        });
        const sidecar = await story.sidecar(plane, { cluster: 'east', adsMode });
        const traffic = story.traffic(sidecar, { concurrency: 8 });

        await traffic.settlesOn([first.name]);
        await plane.write('east.yaml', only(first, second, third));
        await eventually(() => traffic.answered(second.name) > 50 && traffic.answered(third.name) > 50);
        await plane.write('east.yaml', only(third));
        await traffic.settlesOn([third.name]);
        await plane.write('east.yaml', only());
        await traffic.settlesOn(west.names);
        await plane.write('east.yaml', only(second));
        await traffic.settlesOn([second.name]);
        assert.deepEqual((await traffic.stop()).failures, []);
      }),
    );
  }
});
