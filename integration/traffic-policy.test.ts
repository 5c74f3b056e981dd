/**
 * TrafficPolicies, measured by traffic: matching requests get the settings of their policy, copies and shares reach their targets, and a policy
 * for some clients does not affect others.
 */
import assert from 'node:assert/strict';
import { eventually } from './support/processes/eventually.js';
import { type HttpResponse, send } from './support/clients/http-client.js';
import { hasShare } from './support/clients/share.js';
import { APP_NAMESPACE, mesh, serviceRef, trafficPolicy } from './support/services/resources.js';
import type { Site } from './support/services/site.js';
import { type Sidecar, type Story, withStory } from './support/story.js';

const CLUSTER = 'east';

describe('TrafficPolicies', () => {
  it(
    'distribute traffic by weight, also to subsets of a service',
    withStory(async (story) => {
      const { reviews } = await applications(story);
      const share = (version: string, weight: number): object => ({
        kubeService: { ...serviceRef(CLUSTER), subset: { version } },
        weight,
      });
      const policy = trafficPolicy('canary', [CLUSTER], {
        trafficShift: { destinations: [share('v1', 75), share('v2', 25)] },
      });
      const plane = await story.controlPlane({
        'apps.yaml': [mesh(CLUSTER), labelled(reviews)],
        'policy.yaml': [policy],
      });
      const sidecar = await story.sidecar(plane, { cluster: CLUSTER });

      const traffic = story.traffic(sidecar, { host: `reviews:${story.port}`, concurrency: 8 });
      await hasShare(traffic, ['east-2'], { percent: 25, not: [0, 50, 75] });
    }),
  );

  it(
    'apply to matching requests, and not to others',
    withStory(async (story) => {
      const { reviews, copies } = await applications(story);
      const plane = await story.controlPlane({
        'apps.yaml': [mesh(CLUSTER), reviews.destination(), copies.destination({ service: 'copies' })],
        'policies.yaml': [
          trafficPolicy('fault', [CLUSTER], {
            httpRequestMatchers: [{ prefix: '/broken' }],
            faultInjection: { abort: { httpStatus: 418 } },
          }),
          trafficPolicy('headers', [CLUSTER], {
            httpRequestMatchers: [{ regex: '/v[0-9]+/.*', headers: [{ name: 'end-user', value: 'jason' }] }],
            headerManipulation: {
              appendResponseHeaders: { 'x-policy': '100 %' },
              removeResponseHeaders: ['content-type'],
            },
            mirror: { kubeService: serviceRef(CLUSTER, 'copies') },
          }),
        ],
      });
      const sidecar = await story.sidecar(plane, { cluster: CLUSTER });
      const get = request(story, sidecar);

      assert.equal((await get('/broken/page')).status, 418);
      assert.equal((await get('/fine')).status, 200);
      assert.equal(copies.received(), 0);
      const plain = await get('/v1/page');
      assert.deepEqual([plain.headers['x-policy'], plain.headers['content-type']], [undefined, 'application/json']);
      for (let i = 0; i < 20; i++) {
        const { status, headers } = await get('/v12/page', { 'end-user': 'jason' });
        assert.deepEqual([status, headers['x-policy'], headers['content-type']], [200, '100 %', undefined]);
      }
      await eventually(() => copies.received() === 20, { what: 'a copy of each request that matched' });
    }),
  );

  it(
    'apply to the selected clients, until their last resource is deleted',
    withStory(async (story) => {
      const { reviews } = await applications(story);
      const plane = await story.controlPlane({
        'apps.yaml': [mesh(CLUSTER), reviews.destination()],
        'policy.yaml': [
          trafficPolicy('fault', [CLUSTER], {
            sourceSelector: [{ labels: { app: 'tester' } }],
            faultInjection: { abort: { httpStatus: 503 } },
          }),
        ],
      });
      const tester = await story.sidecar(plane, {
        cluster: CLUSTER,
        metadata: { LABELS: { app: 'tester', version: 'v1' } },
      });
      const other = await story.sidecar(plane, { cluster: CLUSTER, metadata: { LABELS: { app: 'other' } } });
      assert.equal((await request(story, tester)('/')).status, 503);
      assert.equal((await request(story, other)('/')).status, 200);

      await plane.remove('policy.yaml');
      await eventually(async () => (await request(story, tester)('/')).status === 200, {
        what: 'the tester is like everyone',
      });
    }),
  );
});

async function applications(story: Story): Promise<{ readonly reviews: Site; readonly copies: Site }> {
  return { reviews: await story.site(CLUSTER), copies: await story.site(CLUSTER, { backends: 1 }) };
}

/** The first backend is version 1, the second version 2. */
function labelled(reviews: Site): ReturnType<Site['destination']> {
  return reviews.destination({
    endpoints: reviews.backends.map(({ address }, i) => ({ address, labels: { version: `v${i + 1}` } })),
  });
}

function request(
  story: Story,
  { address }: Sidecar,
): (path: string, headers?: Readonly<Record<string, string>>) => Promise<HttpResponse> {
  const host = `reviews.${APP_NAMESPACE}:${story.port}`;
  return (path, headers = {}) => send({ address, port: story.port, path, headers: { host, ...headers } });
}
