/**
 * Three replicas of `lifeboat serve --kubernetes` behind a load balancer, which share nothing. They are replaced by a rolling update, then killed
 * one after the other.
 */
import assert from 'node:assert/strict';
import { changesIn } from '../support/envoys/changes.js';
import { install } from '../support/kubernetes/install.js';
import { KubeSite } from '../support/kubernetes/kube-site.js';
import { kubeconfigOf } from '../support/kubernetes/kubeconfig.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import type { ControlPlane } from '../support/processes/control-plane.js';
import { eventually } from '../support/processes/eventually.js';
import { Balancer } from '../support/services/balancer.js';
import { failoverService, quickOutlierDetection } from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import { type Sidecar, type Story, withStory } from '../support/story.js';

const SITES = ['east', 'west'] as const;
const TYPES = ['CDS', 'EDS', 'LDS', 'RDS'] as const;
const ENVOYS = ['GRPC', 'DELTA_GRPC', 'DELTA_GRPC'] as const;

describe('replicas on Kubernetes', () => {
  before(async function () {
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
  });

  it(
    'give the same versions, so that Envoys move between them in a rolling update and in crashes without a change or a failed request',
    withStory(async (story) => {
      const { east, west, start } = await world(story);
      const planes = await Promise.all([start(), start(), start()]);
      const balancer = await Balancer.start(
        story.address(),
        planes.map(({ xds }) => xds),
      );
      story.atEnd(() => balancer.stop());
      const sidecars = await Promise.all(ENVOYS.map((mode) => sidecarBehind(story, balancer, planes, mode)));
      const traffic = sidecars.map((sidecar) => story.traffic(sidecar, { pause: 5 }));
      for (const each of traffic) await each.settlesOn(east.names);
      const before = await Promise.all(sidecars.map(({ envoy }) => changesIn(envoy.admin)));
      const versions = await versionsOf(planes, sidecars);

      // A rolling update adds a new replica before it ends an old one.
      for (const old of [...planes]) {
        const added = await start();
        replace(planes, balancer, old, added);
        await old.stop();
        await allHoldEverything(planes, sidecars);
      }
      assert.deepEqual(await versionsOf(planes, sidecars), versions);
      for (const old of [...planes]) {
        await old.crash();
        replace(planes, balancer, old, await start());
        await allHoldEverything(planes, sidecars);
      }
      assert.deepEqual(await Promise.all(sidecars.map(({ envoy }) => changesIn(envoy.admin))), before);

      await east.ready([]);
      for (const each of traffic) await each.settlesOn(west.names);
      for (const each of traffic) assert.deepEqual((await each.stop()).failures, []);
    }),
  );
});

/** Two clusters with `reviews` and its failover. `start` starts a replica. */
async function world(story: Story) {
  const [east, west] = [await KubeSite.start(story, 'east'), await KubeSite.start(story, 'west')];
  await install(east, [
    ...meshes(...SITES),
    quickOutlierDetection(SITES),
    failoverService({ clusters: SITES, port: story.port }),
  ]);
  const kubeconfig = await kubeconfigOf(await story.directory('kubeconfig'), [east, west]);
  const flags = [`--kubeconfig=${kubeconfig}`, '--kubernetes', ...SITES.map((name) => `${name}=${name}`)];
  let count = 0;
  const start = (): Promise<ControlPlane> => {
    count += 1;
    return story.controlPlane({}, { readsFiles: false, flags, name: `replica-${String(count)}` });
  };
  return { east, west, start };
}

function sidecarBehind(
  story: Story,
  balancer: Balancer,
  planes: readonly ControlPlane[],
  adsMode: (typeof ENVOYS)[number],
): Promise<Sidecar> {
  const synced = (id: string): Promise<void> => holdsEverything(planes, id);
  return story.sidecar({ xds: balancer.socket, synced }, { cluster: 'east', adsMode });
}

function replace(planes: ControlPlane[], balancer: Balancer, old: ControlPlane, added: ControlPlane): void {
  planes.splice(planes.indexOf(old), 1, added);
  balancer.targets = planes.map(({ xds }) => xds);
}

async function allHoldEverything(planes: readonly ControlPlane[], sidecars: readonly Sidecar[]): Promise<void> {
  for (const { envoy } of sidecars) await holdsEverything(planes, envoy.id);
}

/** The Envoy is connected to one of the replicas, and has acknowledged everything. */
async function holdsEverything(planes: readonly ControlPlane[], id: string): Promise<void> {
  await eventually(
    async () => {
      const proxies = (await Promise.all(planes.map((plane) => plane.proxies()))).flat();
      return proxies.some((proxy) => proxy.id === id && TYPES.every((type) => proxy.types[type]?.state === 'SYNCED'));
    },
    { what: `${id} holds everything`, timeout: 60_000 },
  );
}

/** The versions that each Envoy holds, whichever replica it is connected to. */
async function versionsOf(planes: readonly ControlPlane[], sidecars: readonly Sidecar[]) {
  const proxies = (await Promise.all(planes.map((plane) => plane.proxies()))).flat();
  return sidecars.map(({ envoy }) => {
    const { types } = proxies.find(({ id }) => id === envoy.id) ?? assert.fail(envoy.id);
    return TYPES.map((type) => [type, types[type]?.version]);
  });
}
