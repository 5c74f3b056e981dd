/**
 * A hostname over services that cannot share one Envoy cluster: HTTP/1.1, HTTP/2 only, and a DNS name. It behaves like one cluster: with the same
 * order of tiers, outlier detection, retries and shares.
 */
import assert from 'node:assert/strict';
import type { ResourceObject } from './support/processes/control-plane.js';
import { lifeboat } from './support/processes/lifeboat.js';
import {
  APP_NAMESPACE,
  QUICK_OUTLIER_DETECTION,
  SYSTEM_NAMESPACE,
  virtualDestinationPolicy,
} from './support/services/resources.js';
import { meshes } from './support/services/service.js';
import type { Site } from './support/services/site.js';
import { hasShare } from './support/clients/share.js';
import { type Sidecar, type Story, withStory } from './support/story.js';

const HOST = 'mixed.global';
const CLUSTERS = ['east', 'west'] as const;

describe('a hostname over services with different settings', () => {
  it(
    'gives each client its own order, fails over through all services and back, without a failed GET',
    withStory(async (story) => {
      const { east, west, plane } = await begin(story);
      const far = await story.backend('far', { address: '127.0.0.1' });
      const [ofEast, ofWest] = [
        await story.sidecar(plane, { cluster: 'east' }),
        await story.sidecar(plane, { cluster: 'west' }),
      ];
      const [traffic, other] = [ofEast, ofWest].map((sidecar) => toHost(story, sidecar));
      assert.ok(traffic && other);

      await traffic.settlesOn(east.names);
      await other.settlesOn(west.names);
      await east.refuse();
      await traffic.settlesOn(west.names);
      assert.ok(
        (await ejections(ofEast)) > 0,
        'what is configured for the hostname ejects the endpoints of its members',
      );
      await west.refuse();
      await traffic.settlesOn([far.name]);
      await other.settlesOn([far.name]);
      await west.restore();
      await other.settlesOn(west.names);
      await east.restore();
      await traffic.settlesOn(east.names);
      for (const { failures } of [await traffic.stop(), await other.stop()]) assert.deepEqual(failures, []);
    }),
  );

  it(
    'spills over from one service to another as explain shows',
    withStory(async (story) => {
      const { east, west, plane } = await begin(story, { unready: 1 });
      const sidecar = await story.sidecar(plane, { cluster: 'east' });
      const { stdout } = await lifeboat(
        'explain',
        HOST,
        '--from',
        'east',
        '--cluster',
        'east',
        '-o',
        'json',
        '--server',
        plane.adminUrl,
      );
      const { tiers } = JSON.parse(stdout) as {
        readonly tiers: readonly { readonly share: number; readonly rule: string }[];
      };
      assert.deepEqual(
        tiers.map(({ share }) => share),
        [70, 30, 0],
      );
      assert.match(tiers[1]?.rule ?? '', /^to west \(mapping from east\).*of the aggregate$/);

      const traffic = toHost(story, sidecar);
      await traffic.settlesOn([east.names[1] ?? '', ...west.names]);
      await traffic.stop();
      await hasShare(toHost(story, sidecar), east.names.slice(1), { percent: 70, not: [50, 100] });
    }),
  );
});

interface World {
  readonly east: Site;
  readonly west: Site;
  readonly plane: Awaited<ReturnType<Story['controlPlane']>>;
}

/** `unready`: the number of endpoints in the east that are not ready. */
async function begin(story: Story, { unready = 0 } = {}): Promise<World> {
  const [east, west] = [await story.site('east'), await story.site('west', { protocol: 'http2' })];
  const plane = await story.controlPlane({
    'meshes.yaml': meshes(...CLUSTERS),
    'destinations.yaml': [withUnready(east, unready), west.destination({ portName: 'http2' }), byName(story.port)],
    'virtual-destination.yaml': [virtualDestination(story.port)],
    'policies.yaml': [
      virtualDestinationPolicy('mixed', 'FailoverPolicy', { localityMappings: MAPPINGS }),
      virtualDestinationPolicy('mixed', 'OutlierDetectionPolicy', QUICK_OUTLIER_DETECTION),
    ],
  });
  return { east, west, plane };
}

const MAPPINGS = [
  { from: { region: 'east' }, to: [{ region: 'west' }, { region: 'far' }] },
  { from: { region: 'west' }, to: [{ region: 'far' }] },
];

function virtualDestination(port: number): ResourceObject {
  const destinationSelectors = [
    { kubeServiceMatcher: { labels: { app: 'reviews' } } },
    { externalServiceRefs: { externalServices: [{ name: 'far', namespace: SYSTEM_NAMESPACE }] } },
  ];
  return {
    apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
    kind: 'VirtualDestination',
    metadata: { name: 'mixed', namespace: APP_NAMESPACE },
    spec: { hostname: HOST, port: { number: port, protocol: 'HTTP' }, localized: { destinationSelectors } },
  };
}

/** The first one in the order of names, so that an order by name would be detected. */
function byName(port: number): ResourceObject {
  return {
    apiVersion: 'discovery.mesh.gloo.solo.io/v1',
    kind: 'Destination',
    metadata: { name: 'far', namespace: SYSTEM_NAMESPACE },
    spec: {
      externalService: {
        name: 'far',
        hosts: ['far.example'],
        ports: [{ number: port, name: 'http', protocol: 'HTTP' }],
        endpoints: [{ address: 'localhost', labels: { 'topology.kubernetes.io/region': 'far' } }],
      },
    },
  };
}

function withUnready(site: Site, unready: number): ResourceObject {
  const endpoints = site.backends.map(({ address }, i) => ({ address, ...(i < unready && { health: 'UNHEALTHY' }) }));
  return site.destination({ endpoints });
}

function toHost(story: Story, sidecar: Sidecar): ReturnType<Story['traffic']> {
  return story.traffic(sidecar, { host: `${HOST}:${String(story.port)}`, concurrency: 4 });
}

/** The number of ejected endpoints in the hostname's clusters. */
async function ejections({ envoy }: Sidecar): Promise<number> {
  const stats = await envoy.admin.stats(/mixed\.global.*ejections_enforced_total/);
  return [...stats.values()].reduce((sum, count) => sum + count, 0);
}
