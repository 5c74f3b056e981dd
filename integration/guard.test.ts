/** A message that the guard rejects is not sent: Envoys keep the earlier version, other services respond, and the resource with the value is FAILED. */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { trafficPolicy } from './support/services/resources.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';
import { strictProgram } from './support/processes/strict-program.js';

describe('a configuration that the guard rejects', () => {
  it(
    'disturbs no Envoy, and makes the resource with the value FAILED until it changes',
    withStory(async (story) => {
      const header = (value: string): object => ({
        headerManipulation: { appendRequestHeaders: { 'x-trail': value } },
      });
      const program = await strictProgram(await story.directory('strict'), 'rejected-value');
      const { east, plane } = await twoSites(story, {
        files: { 'headers.yaml': [trafficPolicy('headers', ['east'], header('sound'))] },
        program,
      });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const hosts = [{ host: `reviews:${String(story.port)}` }, {}];
      const traffics = hosts.map((options) => story.traffic(sidecar, options));
      for (const traffic of traffics) await traffic.settlesOn(east.names);

      await plane.write('headers.yaml', trafficPolicy('headers', ['east'], header('rejected-value')));
      const { errors = [] } = await plane.reaches('TrafficPolicy', 'headers', 'FAILED');
      assert.match(
        errors.join('\n'),
        /leaves .* out of the route configuration.*routes\[0\]\.requestHeadersToAdd\[0\]\.header\.value: must not be rejected-value/,
      );
      await eventually(
        () => plane.log.some((line) => line.includes('would reject') && line.includes('rejected-value')),
        {
          what: 'the log says what is not sent',
        },
      );
      await plane.synced(sidecar.envoy.id);
      const newcomer = await story.sidecar(plane, { cluster: 'east' });
      const failover = story.traffic(newcomer);
      await failover.settlesOn(east.names);

      await plane.write('headers.yaml', trafficPolicy('headers', ['east'], header('sound again')));
      await plane.reaches('TrafficPolicy', 'headers', 'ACCEPTED');
      for (const { envoy } of [sidecar, newcomer]) await plane.synced(envoy.id);
      for (const traffic of [...traffics, failover]) assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});
