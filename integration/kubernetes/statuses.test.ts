/** What `lifeboat serve --kubernetes` writes: statuses, conditions and events, by one of several replicas. */
import assert from 'node:assert/strict';
import { eventually } from '../support/processes/eventually.js';
import { KubeSite } from '../support/kubernetes/kube-site.js';
import { documentedRoles, grant, kubeconfigOf } from '../support/kubernetes/kubeconfig.js';
import { eachTakenAway } from '../support/kubernetes/permissions.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import { install } from '../support/kubernetes/install.js';
import { failoverService, quickOutlierDetection } from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import { type Story, withStory } from '../support/story.js';
import type { ControlPlane } from '../support/processes/control-plane.js';

const FAILOVER = 'failoverservices.networking.smh.solo.io/reviews-failover';
const NAMESPACE = 'service-mesh-hub';
const MESH = 'istiod-istio-system-east';
const WRITES = 'lifeboat_kubernetes_writes_total';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

interface Written {
  readonly metadata: { readonly resourceVersion: string; readonly generation: number };
  readonly spec: { readonly hostname: string };
  readonly status?: {
    readonly observedGeneration?: string;
    readonly state?: string;
    readonly errors?: readonly string[];
    readonly meshes?: Readonly<Record<string, unknown>>;
    readonly conditions?: readonly Condition[];
  };
}

async function written({ server }: KubeSite): Promise<Written> {
  return JSON.parse(await server.kubectl(['get', FAILOVER, `--namespace=${NAMESPACE}`, '-o', 'json'])) as Written;
}

/** Waits until the FailoverService has this state for its newest generation. */
function reaches(site: KubeSite, state: string): Promise<Written> {
  return eventually(async () => {
    const object = await written(site);
    assert.equal(object.status?.state, state);
    assert.equal(object.status.observedGeneration, String(object.metadata.generation));
    return object;
  });
}

function patch({ server }: KubeSite, spec: object): Promise<string> {
  const body = JSON.stringify({ spec });
  return server.kubectl(['patch', FAILOVER, `--namespace=${NAMESPACE}`, '--type=merge', '--patch', body]);
}

async function start(story: Story): Promise<{ readonly east: KubeSite; readonly flags: readonly string[] }> {
  const east = await KubeSite.start(story, 'east');
  await install(east, [
    ...meshes('east'),
    quickOutlierDetection(['east']),
    failoverService({ clusters: ['east'], port: story.port }),
  ]);
  const file = await kubeconfigOf(await story.directory('kubeconfig'), [east]);
  return { east, flags: [`--kubeconfig=${file}`, '--kubernetes', 'east=east'] };
}

function replica(story: Story, flags: readonly string[], name: string): Promise<ControlPlane> {
  return story.controlPlane({}, { readsFiles: false, flags, name });
}

async function leads(plane: ControlPlane): Promise<boolean> {
  return (await plane.metric('lifeboat_kubernetes_leader'))[''] === 1;
}

describe('what is written to Kubernetes', () => {
  before(async function () {
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
  });

  it(
    'is the status of each resource, with conditions, events and the columns of kubectl get',
    withStory(async (story) => {
      const { east, flags } = await start(story);
      const plane = await replica(story, flags, 'plane');
      const { status, metadata } = await reaches(east, 'ACCEPTED');
      assert.deepEqual(Object.keys(status?.meshes ?? {}), ['istiod-istio-system-east.service-mesh-hub.']);
      const [resource] = await plane.resources({ kind: 'FailoverService' });
      const { conditions = [], ...shown } = status ?? {};
      assert.deepEqual(shown, resource?.status);
      assert.deepEqual(
        conditions.map(({ type, status: is, reason }) => [type, is, reason]),
        [
          ['Accepted', 'True', 'Accepted'],
          ['ResolvedRefs', 'True', 'ResolvedRefs'],
          ['Programmed', 'Unknown', 'NoProxies'],
        ],
      );
      assert.ok(conditions.every(({ observedGeneration }) => observedGeneration === metadata.generation));
      const columns = await east.server.kubectl(['get', 'fos.networking.smh.solo.io', '-A']);
      assert.match(columns, /reviews-failover +reviews-failover\.\S+ +\d+ +ACCEPTED/);

      await story.sidecar(plane, { cluster: 'east' });
      await eventually(
        async () => {
          const programmed = (await written(east)).status?.conditions?.find(({ type }) => type === 'Programmed');
          assert.equal(programmed?.status, 'True');
          return programmed.message.startsWith('1 of 1 ');
        },
        { timeout: 60_000 },
      );

      await patch(east, { meshes: [{ name: 'nowhere', namespace: NAMESPACE }] });
      const invalid = await reaches(east, 'INVALID');
      assert.match(String(invalid.status?.errors), /Mesh nowhere\.service-mesh-hub/);
      const refs = invalid.status?.conditions?.find(({ type }) => type === 'ResolvedRefs');
      assert.deepEqual([refs?.status, refs?.reason], ['False', 'MeshNotFound']);
      await eventually(async () => {
        const events = await east.server.kubectl(['events', '-A', '--for', FAILOVER, '--no-headers']);
        return /Normal +Accepted /.test(events) && /Warning +Invalid .*nowhere/.test(events);
      });
    }),
  );

  it(
    'is nothing while nothing changes, although endpoints do',
    withStory(async (story) => {
      const { east, flags } = await start(story);
      const plane = await replica(story, flags, 'plane');
      await reaches(east, 'ACCEPTED');
      const settled = await eventually(async () => {
        const first = await plane.metric(WRITES);
        assert.equal(first['{object="status"}'], 4);
        return first;
      });
      const before = (await written(east)).metadata.resourceVersion;
      await east.ready([]);
      await east.ready(east.backends);
      // What is written later than this is written after all of it.
      await patch(east, { hostname: 'another.example' });
      await reaches(east, 'ACCEPTED');
      assert.notEqual((await written(east)).metadata.resourceVersion, before);
      const writes = (await plane.metric(WRITES))['{object="status"}'];
      assert.equal(writes, (settled['{object="status"}'] ?? 0) + 1);
    }),
  );

  it(
    'promise 33: is written by one replica only, and by another one when that is killed',
    withStory(async (story) => {
      const { east, flags } = await start(story);
      const first = await replica(story, flags, 'first');
      await reaches(east, 'ACCEPTED');
      assert.ok(await leads(first));
      const second = await replica(story, flags, 'second');
      await patch(east, { meshes: [{ name: 'nowhere', namespace: NAMESPACE }] });
      await reaches(east, 'INVALID');
      assert.deepEqual(await second.metric(WRITES), {});
      assert.equal(await leads(second), false);

      await first.crash();
      await patch(east, { meshes: [{ name: MESH, namespace: NAMESPACE }] });
      await eventually(() => leads(second), { what: 'the other replica leads', timeout: 60_000 });
      await reaches(east, 'ACCEPTED');
    }),
  );

  it(
    'needs each of the documented permissions',
    withStory(async (story) => {
      const { east, flags } = await start(story);
      const permissions = eachTakenAway(await documentedRoles());
      // A Lease cannot be created twice.
      const sorted = [...permissions].sort((a, b) => Number(isOfLease(b)) - Number(isOfLease(a)));
      let changes = 0;
      const isValid = (): boolean => changes % 2 === 0;
      const change = async (): Promise<void> => {
        changes += 1;
        await patch(east, { meshes: [{ name: isValid() ? MESH : 'nowhere', namespace: NAMESPACE }] });
      };
      for (const { verb, resource, roles } of sorted) {
        await grant(east, roles);
        const plane = await replica(
          story,
          [...flags, '--allow-empty'],
          `without-${verb}-${resource.replaceAll(/\W/g, '')}`,
        );
        for (let times = isOfStatus(resource) ? 3 : 0; times > 0; times -= 1) {
          await change();
          // Only a state that is written is followed by an event, and the third one is the same event as the first.
          if (resource === 'events') await reaches(east, isValid() ? 'ACCEPTED' : 'INVALID');
        }
        await plane.logs(new RegExp(`cannot ${verb} resource .{1,3}${nameOf(resource)}`));
        await plane.stop();
      }
      assert.equal(sorted.length, 18);
    }),
  );
});

function isOfLease({ resource, verb }: { readonly resource: string; readonly verb: string }): boolean {
  return resource === 'leases' && verb === 'create';
}

function isOfStatus(resource: string): boolean {
  return resource === 'events' || resource.endsWith('/status');
}

/** A pattern for the resource in the complaint of an API server. */
function nameOf(resource: string): string {
  return resource.replace('*/status', '\\w+/status').replace(/^\*$/, '\\w+\\W+in API group \\W+[\\w.]*solo\\.io');
}
