/**
 * Envoys report the number of requests of each tier of a failover destination, and the control plane adds them up.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { FAILOVER_HOSTNAME } from './support/services/resources.js';
import { withStory, type Story } from './support/story.js';
import { twoSites } from './support/two-sites.js';
import type { ControlPlane } from './support/processes/control-plane.js';

const REQUESTS = 'lifeboat_failover_requests_total';

describe('load reports', () => {
  it(
    'count the requests of each tier',
    withStory(async (story) => {
      const { east, west, plane } = await twoSites(story, { flags: ['--load-report-interval=200ms'] });
      const sidecar = await story.sidecar(plane, { cluster: 'east', loadReports: true });

      const first = story.traffic(sidecar);
      await first.settlesOn(east.names);
      await first.stop();
      const sent = east.received();
      await reported(plane, { [tier(story, 0)]: sent });

      await east.refuse();
      const second = story.traffic(sidecar);
      await second.settlesOn(west.names);
      await second.stop();
      const failedOver = west.received();
      assert.ok(failedOver >= 100);
      await eventually(
        async () => {
          const counts = await plane.metric(REQUESTS);
          if (counts[tier(story, 1)] === failedOver) return true;
          throw new Error(JSON.stringify({ counts, failedOver }));
        },
        { what: 'the requests that failed over are reported' },
      );
      const counts = await plane.metric(REQUESTS);
      assert.ok((counts[tier(story, 0)] ?? 0) >= sent);
      assert.deepEqual(Object.keys(counts).sort(), [tier(story, 0), tier(story, 1)]);
    }),
  );

  it(
    'are not requested with --load-report-interval=0',
    withStory(async (story) => {
      const { east, plane } = await twoSites(story, { flags: ['--load-report-interval=0'] });
      const { envoy, address } = await story.sidecar(plane, { cluster: 'east', loadReports: true });
      const traffic = story.traffic({ address });
      await traffic.settlesOn(east.names);
      await traffic.stop();
      const stats = await eventually(async () => {
        const found = await envoy.admin.stats(/^load_reporter\./);
        if ((found.get('load_reporter.requests') ?? 0) > 0) return found;
        throw new Error(JSON.stringify([...found]));
      });
      assert.equal(stats.get('load_reporter.errors'), 0);
      assert.deepEqual(await plane.metric(REQUESTS), {});
    }),
  );
});

/** The labels of a tier. */
function tier({ port }: Story, priority: number): string {
  return `{cluster="outbound|${port}||${FAILOVER_HOSTNAME}",priority="${priority}"}`;
}

/** Waits until exactly this number of requests was reported. */
async function reported(plane: ControlPlane, expected: Readonly<Record<string, number>>): Promise<void> {
  await eventually(
    async () => {
      assert.deepEqual(await plane.metric(REQUESTS), expected);
      return true;
    },
    { what: `${JSON.stringify(expected)} are reported` },
  );
}
