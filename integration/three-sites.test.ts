/**
 * Three sites: traffic fails over twice and back twice. No GET fails. Of other methods, only requests in progress may fail when a tier fails,
 * because they must not run twice.
 */
import assert from 'node:assert/strict';
import { failoverFiles } from './support/services/failover-files.js';
import type { Site } from './support/services/site.js';
import { withStory, type Story } from './support/story.js';
import type { Account, TrafficOptions } from './support/clients/traffic.js';

describe('a FailoverService of three sites under steady traffic', () => {
  for (const concurrency of [1, 64]) {
    it(
      `fails over twice and back without a failed GET, with ${concurrency} concurrent requests`,
      withStory(async (story) => {
        const account = await failTwiceAndComeBack(story, { concurrency });
        assert.deepEqual(account.failures, []);
      }),
    );

    it(
      `loses at most the POST requests in progress, with ${concurrency} concurrent requests`,
      withStory(async (story) => {
        const account = await failTwiceAndComeBack(story, { concurrency, method: 'POST' });
        assert.ok(account.failed <= 2 * concurrency, JSON.stringify(account));
      }),
    );
  }
});

async function failTwiceAndComeBack(story: Story, options: Partial<TrafficOptions>): Promise<Account> {
  const [east, west, north] = await sites(story);
  const plane = await story.controlPlane(failoverFiles([east, west, north], story.port));
  const sidecar = await story.sidecar(plane, { cluster: 'east' });
  const traffic = story.traffic(sidecar, options);

  await traffic.settlesOn(east.names);
  await east.refuse();
  await traffic.settlesOn(west.names);
  await west.refuse();
  await traffic.settlesOn(north.names);
  await west.restore();
  slowDown(west);
  await traffic.settlesOn(west.names);
  await east.restore();
  await traffic.settlesOn(east.names);
  return traffic.stop();
}

/** Responses take some time, so that requests are in progress at every moment. */
async function sites(story: Story): Promise<[Site, Site, Site]> {
  const all: [Site, Site, Site] = [await story.site('east'), await story.site('west'), await story.site('north')];
  all.forEach(slowDown);
  return all;
}

function slowDown(site: Site): void {
  site.answer({ delay: 5 });
}
