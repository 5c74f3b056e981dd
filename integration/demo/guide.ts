/**
 * The Failover Service guide, step by step, with the expected result of each step.
 */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { ResourceStatus } from '../support/processes/control-plane.js';
import { send } from '../support/clients/http-client.js';
import { Traffic } from '../support/clients/traffic.js';
import { counts, difference, expect, say, shown, title } from './account.js';
import { SERVICE_PORT } from './layout.js';
import type { Stage } from './stage.js';

/** Applied while everything runs, for the backend that hangs. */
export const DETAILS_FILE = 'details-failover.yaml';

/** By default, Envoy checks every 10 s whether an ejection of at least 30 s has ended. */
const EJECTION = { timeout: 60_000 } as const;

const MGMT = ['reviews-v1', 'reviews-v2'] as const;
const REMOTE = ['reviews-v3'] as const;

/** Runs the steps of the guide. @throws NotAsExpected */
export async function playGuide(stage: Stage): Promise<void> {
  await showStatuses(stage);
  const reviews = pageTraffic(stage, 'x-reviews');
  const gateway = new Traffic({
    ...stage.gateway,
    host: `reviews-failover.bookinfo.global:${SERVICE_PORT}`,
    pause: 20,
  });
  const both = [reviews, gateway] as const;

  title('Both clusters are well');
  await chapter(reviews, () => settle(both, MGMT));
  await expectRemotePage(stage);

  title('reviews-v1 and reviews-v2 are switched off; their addresses stay');
  await chapter(reviews, async () => {
    await Promise.all([stage.applications.reviewsV1.refuse(), stage.applications.reviewsV2.refuse()]);
    await settle(both, REMOTE);
  });
  await expectRedStars(stage);

  await Promise.all([stage.applications.reviewsV1.restore(), stage.applications.reviewsV2.restore()]);
  await playHangingBackend(stage);

  title('reviews-v1 and reviews-v2, on again since, get their traffic back when their 30 s of ejection are over');
  await chapter(reviews, () => settle(both, MGMT, EJECTION));

  title('All in all');
  const [pages, direct] = [await reviews.stop(), await gateway.stop()];
  say('productpage on mgmt-cluster, through its sidecar:');
  counts(pages);
  say('reviews-failover.bookinfo.global, through the gateway:');
  counts(direct);
  expect(pages.failed === 0, 'no failed request of productpage', pages.failures);
  expect(direct.failed === 0, 'no failed request through the gateway', direct.failures);
}

/** The statuses of the resources, as the guide prints them. */
export const GUIDE_STATUSES: Readonly<Record<string, ResourceStatus>> = {
  'trafficpolicy/mgmt-reviews-outlier': {
    observedGeneration: '1',
    state: 'ACCEPTED',
    trafficTargets: {
      'reviews-bookinfo-mgmt-cluster.service-mesh-hub.': { acceptanceOrder: 1, state: 'ACCEPTED' },
      'reviews-bookinfo-remote-cluster.service-mesh-hub.': { state: 'ACCEPTED' },
    },
  },
  'failoverservice/reviews-failover': {
    meshes: { 'istiod-istio-system-mgmt-cluster.service-mesh-hub.': { state: 'ACCEPTED' } },
    observedGeneration: '1',
    state: 'ACCEPTED',
  },
};

async function showStatuses(stage: Stage): Promise<void> {
  title("The guide's resources are in force");
  for (const [resource, expected] of Object.entries(GUIDE_STATUSES)) {
    const { command, status } = await stage.source.statusOf(resource);
    shown(command, stringify({ status }));
    // The guide is older than conditions.
    const { conditions: _conditions, ...rest } = status as ResourceStatus & { readonly conditions?: unknown };
    expect(isDeepStrictEqual(rest, expected), `the status of the guide, ${JSON.stringify(expected)}`, rest);
  }
  for (const { id, types } of await stage.plane.proxies()) {
    const states = Object.entries(types).map(([type, { state }]) => `${type} ${state}`);
    say(`Envoy ${id.padEnd(26)} ${states.join('  ')}`);
  }
}

/** Requests of productpage on mgmt-cluster, counted by the backend in a header of the page. */
function pageTraffic(stage: Stage, header: 'x-reviews' | 'x-details'): Traffic {
  return new Traffic({
    ...stage.pages.mgmt,
    host: 'productpage',
    path: '/productpage?u=normal',
    concurrency: 4,
    pause: 5,
    backendOf: (response) => String(response.headers[header] ?? 'unknown'),
  });
}

async function chapter(traffic: Traffic, action: () => Promise<void>): Promise<void> {
  const before = traffic.account();
  await action();
  counts(difference(before, traffic.account()));
}

async function settle(all: readonly Traffic[], backends: readonly string[], options = {}): Promise<void> {
  await Promise.all(all.map((traffic) => traffic.settlesOn(backends, 100, options)));
}

async function expectRedStars(stage: Stage): Promise<void> {
  const page = await send({ ...stage.pages.mgmt, path: '/productpage?u=normal' });
  expect(page.body.includes('color="red"'), 'a page with red stars', page.body);
}

/** Only mgmt-cluster sees the FailoverService. remote-cluster has its own reviews. */
async function expectRemotePage(stage: Stage): Promise<void> {
  const page = await send({ ...stage.pages.remote, path: '/productpage?u=normal' });
  const reviews = page.headers['x-reviews'];
  say(`productpage on remote-cluster shows ${String(reviews)}, its own`);
  expect(page.status === 200 && reviews === 'reviews-v3', 'reviews-v3 on the page of remote-cluster', page);
}

async function playHangingBackend(stage: Stage): Promise<void> {
  title(`Meanwhile details fails over too (${DETAILS_FILE}), and on mgmt-cluster it hangs instead of refusing`);
  await stage.source.apply(DETAILS_FILE);
  await stage.plane.reaches('TrafficPolicy', 'details-shift-failover', 'ACCEPTED');
  await Promise.all(stage.envoys.map((envoy) => stage.plane.synced(envoy.id)));

  const traffic = pageTraffic(stage, 'x-details');
  await traffic.settlesOn([stage.applications.detailsMgmt.name]);
  stage.applications.detailsMgmt.hang();
  await traffic.settlesOn([stage.applications.detailsRemote.name]);
  const account = await traffic.stop();
  await stage.applications.detailsMgmt.restore();
  counts(account);
  say(`the slowest took ${Math.round(account.slowest)} ms: a try is given up after perTryTimeout, 500 ms`);
  expect(account.failed === 0, 'no failed request while details hangs', account.failures);
}
