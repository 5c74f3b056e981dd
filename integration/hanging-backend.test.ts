/**
 * A tier that accepts requests and never responds. Only a timeout per try detects that.
 */
import assert from 'node:assert/strict';
import {
  failoverService,
  mesh,
  quickOutlierDetection,
  shiftToFailover,
  virtualMesh,
} from './support/services/resources.js';
import { withStory } from './support/story.js';

describe('a tier that hangs', () => {
  for (const concurrency of [1, 16]) {
    it(
      `fails no GET if a TrafficPolicy limits each try, with ${concurrency} concurrent requests`,
      withStory(async (story) => {
        const [east, west] = [await story.site('east'), await story.site('west')];
        const retries = { attempts: 3, perTryTimeout: '500ms' };
        const plane = await story.controlPlane({
          'meshes.yaml': [mesh('east'), mesh('west'), virtualMesh(['east', 'west'])],
          'destinations.yaml': [east.destination(), west.destination()],
          'policies.yaml': [quickOutlierDetection(['east', 'west']), shiftToFailover('east', { retries })],
          'failover.yaml': [failoverService({ clusters: ['east', 'west'], port: story.port })],
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
