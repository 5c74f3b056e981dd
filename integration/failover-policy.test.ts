/**
 * FailoverPolicies, measured by traffic: the same VirtualDestination with another order for each client. One test for each form of the policy.
 */
import assert from 'node:assert/strict';
import type { ResourceObject } from './support/processes/control-plane.js';
import { lifeboat } from './support/processes/lifeboat.js';
import { hasShare } from './support/clients/share.js';
import { APP_NAMESPACE, QUICK_OUTLIER_DETECTION, virtualDestinationPolicy } from './support/services/resources.js';
import { meshes } from './support/services/service.js';
import type { Site } from './support/services/site.js';
import { withStory, type Sidecar, type Story } from './support/story.js';

const REGIONS = ['us-east', 'us-west', 'eu'] as const;
type Region = (typeof REGIONS)[number];
const HOST = 'reviews.global';

describe('a FailoverPolicy', () => {
  it(
    'with mappings orders the tiers for each client, and fails over in this order',
    withStory(async (story) => {
      const { sites, sidecars } = await begin(story, {
        localityMappings: [
          { from: { region: 'us-east' }, to: [{ region: 'us-west' }, { region: 'eu' }] },
          { from: { region: 'us-west' }, to: [{ region: 'us-east' }] },
        ],
      });
      await hasTiers(sidecars['us-east'], sites, { 'us-east': 0, 'us-west': 1, eu: 2 });
      await hasTiers(sidecars['us-west'], sites, { 'us-west': 0, 'us-east': 1 });
      await hasTiers(sidecars.eu, sites, { eu: 0, 'us-east': 1, 'us-west': 1 });
      for (const region of REGIONS) await answers(story, sidecars[region], sites[region].names);

      await sites['us-east'].refuse();
      await answers(story, sidecars['us-east'], sites['us-west'].names);
      await sites['us-west'].refuse();
      await answers(story, sidecars['us-east'], sites.eu.names);
      const west = traffic(story, sidecars['us-west']);
      await west.fails(50);
      assert.deepEqual((await west.stop()).answered, {}, 'nothing but us-east is open to us-west');
    }),
  );

  for (const [own, other, not] of [
    [50, 50, [80, 100]],
    [80, 20, [20, 50, 100]],
  ] as const) {
    it(
      `with weights distributes ${String(own)} to ${String(other)}, and does not fail over`,
      withStory(async (story) => {
        const { sites, sidecars } = await begin(story, {
          localityMappings: [
            {
              from: { region: 'us-east' },
              to: [
                { region: 'us-east', weight: own },
                { region: 'eu', weight: other },
              ],
            },
          ],
        });
        await hasTiers(sidecars['us-east'], sites, { 'us-east': 0, eu: 0 });
        const counted = traffic(story, sidecars['us-east']);
        await hasShare(counted, sites['us-east'].names, { percent: own, not });
      }),
    );
  }

  it(
    'with label keys prefers endpoints with more labels of the client',
    withStory(async (story) => {
      const { sites, sidecars } = await begin(story, {
        priorityLabels: { labels: ['tier', 'topology.kubernetes.io/region'] },
      });
      await hasTiers(sidecars['us-east'], sites, { 'us-east': 0, 'us-west': 1, eu: 2 });
      await answers(story, sidecars['us-east'], sites['us-east'].names);
      await sites['us-east'].refuse();
      await answers(story, sidecars['us-east'], sites['us-west'].names);
    }),
  );

  it(
    'with label values prefers endpoints with more of them, for all clients',
    withStory(async (story) => {
      const { sites, sidecars } = await begin(story, {
        priorityLabels: { labels: ['tier=silver', 'topology.kubernetes.io/region=us-west'] },
      });
      await hasTiers(sidecars['us-east'], sites, { eu: 0, 'us-west': 1, 'us-east': 2 });
      await answers(story, sidecars['us-east'], sites.eu.names);
      await sites.eu.refuse();
      await answers(story, sidecars['us-east'], sites['us-west'].names);
    }),
  );

  it(
    'without a setting orders by distance',
    withStory(async (story) => {
      const { sites, sidecars } = await begin(story, {});
      await hasTiers(sidecars.eu, sites, { eu: 0, 'us-east': 1, 'us-west': 1 });
      await answers(story, sidecars.eu, sites.eu.names);
      await sites.eu.refuse();
      await answers(story, sidecars.eu, [...sites['us-east'].names, ...sites['us-west'].names]);
    }),
  );
});

describe('explain', () => {
  it(
    'shows the measured traffic: a tier with endpoints that are not ready spills over',
    withStory(async (story) => {
      const { sites, sidecars, plane } = await begin(story, {
        localityMappings: [{ from: { region: 'us-east' }, to: [{ region: 'eu' }] }],
      });
      await plane.write(
        'destinations.yaml',
        ...REGIONS.map((region) => destinationOf(sites[region], region, region === 'us-east' ? ['UNHEALTHY'] : [])),
      );
      assert.deepEqual(await explainedShares(plane), [70, 30]);

      const ready = sites['us-east'].names[1] ?? '';
      await answers(story, sidecars['us-east'], [ready, ...sites.eu.names]);
      await hasShare(traffic(story, sidecars['us-east']), [ready], { percent: 70, not: [50, 100] });
    }),
  );

  it(
    'shows the measured traffic: without healthy endpoints, draining ones get traffic too',
    withStory(async (story) => {
      const { sites, sidecars, plane } = await begin(story, {
        localityMappings: [{ from: { region: 'us-east' }, to: [{ region: 'eu' }] }],
      });
      const health = { 'us-east': ['UNHEALTHY', 'DRAINING'], 'us-west': [], eu: ['UNHEALTHY'] } as const;
      await plane.write(
        'destinations.yaml',
        ...REGIONS.map((region) => destinationOf(sites[region], region, health[region], region === 'eu' ? 1 : 2)),
      );
      assert.deepEqual(await explainedShares(plane), [67, 33]);

      const [first = ''] = sites.eu.names;
      await answers(story, sidecars['us-east'], [...sites['us-east'].names, first]);
      await hasShare(traffic(story, sidecars['us-east']), [first], { percent: 33, not: [0, 50] });
    }),
  );
});

/** The percentages of the tiers for a client in us-east, as `lifeboat explain` prints them. */
async function explainedShares({ adminUrl }: World['plane']): Promise<readonly number[]> {
  const client = ['--from', 'us-east', '--cluster', 'us-east'];
  const { stdout } = await lifeboat('explain', HOST, ...client, '-o', 'json', '--server', adminUrl);
  const { tiers } = JSON.parse(stdout) as { readonly tiers: readonly { readonly share: number }[] };
  return tiers.map(({ share }) => share);
}

interface World {
  readonly plane: Awaited<ReturnType<Story['controlPlane']>>;
  readonly sites: Readonly<Record<Region, Site>>;
  /** One sidecar in each region. Its application has the labels of the service there. */
  readonly sidecars: Readonly<Record<Region, Sidecar>>;
}

/** `reviews` in three regions, two endpoints each, behind one VirtualDestination with a policy. */
async function begin(story: Story, config: object): Promise<World> {
  const [east, west, eu] = await Promise.all(REGIONS.map((region) => story.site(region)));
  assert.ok(east && west && eu);
  const sites = { 'us-east': east, 'us-west': west, eu };
  const plane = await story.controlPlane({
    'meshes.yaml': meshes(...REGIONS),
    'destinations.yaml': REGIONS.map((region) => destinationOf(sites[region], region)),
    'virtual-destination.yaml': [virtualDestination(story.port)],
    'policies.yaml': [
      virtualDestinationPolicy('reviews', 'FailoverPolicy', config),
      virtualDestinationPolicy('reviews', 'OutlierDetectionPolicy', QUICK_OUTLIER_DETECTION),
    ],
  });
  const sidecar = (region: Region): Promise<Sidecar> =>
    story.sidecar(plane, { cluster: region, metadata: { LABELS: { tier: tierLabel(region) } } });
  const [a, b, c] = [await sidecar('us-east'), await sidecar('us-west'), await sidecar('eu')];
  return { plane, sites, sidecars: { 'us-east': a, 'us-west': b, eu: c } };
}

function tierLabel(region: Region): string {
  return region === 'eu' ? 'silver' : 'gold';
}

/** `health`: of its first endpoints; the others are healthy. Only the first `count` endpoints are listed. */
function destinationOf(
  site: Site,
  region: Region,
  health: readonly string[] = [],
  count = site.backends.length,
): ResourceObject {
  const labels = { tier: tierLabel(region) };
  const endpoints = site.backends.slice(0, count).map(({ address }, i) => ({
    address,
    labels,
    ...(health[i] !== undefined && { health: health[i] }),
  }));
  return site.destination({ endpoints });
}

function virtualDestination(port: number): ResourceObject {
  return {
    apiVersion: 'networking.gloo.solo.io/v2',
    kind: 'VirtualDestination',
    metadata: { name: 'reviews', namespace: APP_NAMESPACE },
    spec: {
      hosts: [HOST],
      services: [{ name: 'reviews', namespace: APP_NAMESPACE }],
      ports: [{ number: port, protocol: 'HTTP' }],
    },
  };
}

function traffic(story: Story, sidecar: Sidecar): ReturnType<Story['traffic']> {
  return story.traffic(sidecar, { host: `${HOST}:${String(story.port)}`, concurrency: 4 });
}

/** Waits until exactly these backends answer. */
async function answers(story: Story, sidecar: Sidecar, names: readonly string[]): Promise<void> {
  const steady = traffic(story, sidecar);
  await steady.settlesOn(names);
  await steady.stop();
}

/** Checks priority, locality and weight of every host of the virtual destination in Envoy. */
async function hasTiers(
  { envoy }: Sidecar,
  sites: World['sites'],
  tiers: Partial<Record<Region, number>>,
): Promise<void> {
  const cluster = [...(await envoy.admin.clusters()).values()].find(({ name }) => name.endsWith(`||${HOST}`));
  const held = (cluster?.hosts ?? []).map(({ address, priority, locality, weight }) => [
    address,
    priority,
    locality.region,
    weight >= 1,
  ]);
  const expected = REGIONS.flatMap((region) =>
    tiers[region] === undefined
      ? []
      : sites[region].backends.map(({ address }) => [address, tiers[region], region, true]),
  );
  const byAddress = (a: readonly unknown[], b: readonly unknown[]): number => String(a[0]).localeCompare(String(b[0]));
  assert.deepEqual(held.sort(byAddress), expected.sort(byAddress));
}
