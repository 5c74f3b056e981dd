/**
 * A tier that accepts requests and never responds. Only a timeout per try detects that.
 */
import assert from 'node:assert/strict';
import { shiftToFailover } from './support/services/resources.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

describe('a tier that hangs', () => {
  for (const concurrency of [1, 16]) {
    it(
      `fails no GET if a TrafficPolicy limits each try, with ${concurrency} concurrent requests`,
      withStory(async (story) => {
        const retries = { attempts: 3, perTryTimeout: '500ms' };
        const { east, west, plane } = await twoSites(story, {
          files: { 'shift.yaml': [shiftToFailover('east', { retries })] },
        });
        const sidecar = await story.sidecar(plane, { cluster: 'east' });
        const traffic = story.traffic(sidecar, { host: `reviews:${story.port}`, concurrency });

        await traffic.settlesOn(east.names);
        east.hang();
        await traffic.settlesOn(west.names);
        east.answer();
        await traffic.settlesOn(east.names);
        const { failures, slowest } = await traffic.stop();
        assert.deepEqual(failures, []);
        assert.ok(slowest >= 500, 'the tries that were given up lasted as long as the policy says');
      }),
    );
  }
});
