/**
 * Both tiers are down for a moment, so that all endpoints are ejected. After one tier has recovered, no request fails. There is one exception: if
 * the ejections of the failed tier end before those of the other one, requests in progress at that moment may select only failed endpoints,
 * because Envoy's workers learn of the new ejections after the first tries have failed.
 */
import assert from 'node:assert/strict';
import { quickOutlierDetection, trafficPolicy } from './support/services/resources.js';
import { withStory } from './support/story.js';
import { twoSites } from './support/two-sites.js';

/** The number of concurrent requests. */
const CONCURRENCY = 8;

describe('promises 34 and 36: a total outage', () => {
  /** The default ejection time of 30 s: long enough that only panic routing can have prevented failures. */
  const slow = trafficPolicy('reviews-outlier', ['east', 'west'], { outlierDetection: { consecutiveErrors: 1 } });

  for (const [ejection, policy] of [
    ['short', quickOutlierDetection(['east', 'west'])],
    ['default', slow],
  ] as const) {
    for (const survivor of [0, 1] as const) {
      it(
        `ends as soon as tier ${survivor} has recovered, with ${ejection} ejection`,
        withStory(async (story) => {
          const { east, west, plane } = await twoSites(story, { files: { 'policies.yaml': [policy] } });
          const sites = [east, west] as const;
          const sidecar = await story.sidecar(plane, { cluster: 'east' });
          const during = story.traffic(sidecar, { concurrency: CONCURRENCY });
          await during.settlesOn(sites[0].names);
          await Promise.all(sites.map((site) => site.refuse()));
          await during.fails(300);
          await during.stop();

          await sites[survivor].restore();
          const after = story.traffic(sidecar, { concurrency: CONCURRENCY });
          await after.goesOn(2_000);
          const { failures } = await after.stop();
          const allowed = survivor === 1 && ejection === 'short' ? CONCURRENCY : 0;
          assert.ok(failures.length <= allowed, JSON.stringify(failures));
        }),
      );
    }
  }
});
