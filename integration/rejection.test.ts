/**
 * A version that one Envoy rejects is withheld from Envoys that do not have it, and its resource has Envoy's error message in its status. An error
 * about the host of an Envoy affects that Envoy only.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { failoverService } from './support/services/resources.js';
import { eventually } from './support/processes/eventually.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';
import type { ControlPlane } from './support/processes/control-plane.js';

/** An Envoy that was built without this extension rejects every route with failover. */
const WITHOUT_PRIORITIES = [
  '--disable-extensions',
  'envoy.retry_priorities/envoy.retry_priorities.previous_priorities',
];

/** The FailoverService comes later. */
const WITHOUT_FAILOVER = { 'failover.yaml': [] };

async function rejected(plane: ControlPlane, id: string, type: string): Promise<string> {
  return eventually(
    async () => {
      const { state, error } = (await plane.proxies()).find((proxy) => proxy.id === id)?.types[type] ?? {};
      if (state === 'NACK' && error !== undefined) return error;
      throw new Error(`${type} of ${id} is ${state ?? 'unknown'}`);
    },
    { what: `${id} rejected ${type}` },
  );
}

describe('promise 9: a configuration that one Envoy rejects', () => {
  it(
    'stays with Envoys that accepted it, is withheld from others, and makes its resource FAILED until it changes',
    withStory(async (story) => {
      const { east, plane } = await twoSites(story, { files: WITHOUT_FAILOVER });
      const sound = await story.sidecar(plane, { cluster: 'east' });
      await plane.write('failover.yaml', failoverService({ clusters: ['east', 'west'], port: story.port }));
      const first = story.traffic(sound);
      await first.settlesOn(east.names);
      await first.stop();
      const traffic = story.traffic(sound);

      const odd = await story.sidecar(plane, { cluster: 'east', flags: WITHOUT_PRIORITIES, synced: false });
      const { errors = [] } = await plane.reaches('FailoverService', 'reviews-failover', 'FAILED');
      assert.match(
        String(errors[0]),
        new RegExp(`${odd.envoy.id} rejected the route configuration.*previous_priorities`),
      );

      const newcomer = await story.sidecar(plane, { cluster: 'east' });
      const plain = story.traffic(newcomer, { host: `reviews:${String(story.port)}` });
      await plain.settlesOn(east.names);
      assert.equal((await plain.stop()).failed, 0);
      const { answered } = await story.traffic(newcomer).stop();
      assert.deepEqual(answered, {}, 'the newcomer has the last good routes, without the failover hostname');
      assert.deepEqual((await traffic.stop()).failures, []);

      await plane.remove('failover.yaml');
      for (const { envoy } of [odd, sound, newcomer]) await plane.synced(envoy.id);
    }),
  );

  it(
    'is not withheld from others if the error is about the host of the Envoy',
    withStory(async (story) => {
      const { east, plane } = await twoSites(story, { files: WITHOUT_FAILOVER });
      await plane.write('failover.yaml', failoverService({ clusters: ['east', 'west'], port: story.port }));
      const squatter = createServer();
      const address = story.address();
      await new Promise<void>((resolve) => squatter.listen(story.port, address, resolve));
      story.atEnd(() => new Promise((resolve) => squatter.close(resolve)));
      const crowded = await story.sidecar(plane, {
        cluster: 'east',
        metadata: { LISTEN_ADDRESS: address },
        synced: false,
      });
      assert.match(await rejected(plane, crowded.envoy.id, 'LDS'), /cannot bind|Address already in use/);

      const other = await story.sidecar(plane, { cluster: 'east' });
      const traffic = story.traffic(other);
      await traffic.settlesOn(east.names);
      assert.deepEqual((await traffic.stop()).failures, []);
      await plane.reaches('FailoverService', 'reviews-failover', 'ACCEPTED');
    }),
  );
});
