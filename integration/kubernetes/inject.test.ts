/** `lifeboat inject`: a real API server admits its result, and a real Envoy runs with the bootstrap in it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/processes/addresses.js';
import { EnvoyAdmin } from '../support/envoys/envoy-admin.js';
import { EnvoyContainer } from '../support/envoys/envoy-container.js';
import { send } from '../support/clients/http-client.js';
import { ApiServer } from '../support/kubernetes/api-server.js';
import { type Pod, argumentsOf } from '../support/kubernetes/kubelet.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import { APP_NAMESPACE, FAILOVER_HOSTNAME } from '../support/services/resources.js';
import { type Story, withStory } from '../support/story.js';
import { twoSites } from '../support/two-sites.js';

const LABELS = { app: 'productpage' };
/** What the Pod Security Standard "restricted" demands of the application's own containers. */
const POD_SPEC = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'app:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

function podTemplate(spec: object = {}): object {
  return { metadata: { labels: LABELS }, spec: { ...POD_SPEC, ...spec } };
}

function object(apiVersion: string, kind: string, name: string, body: object): object {
  return { apiVersion, kind, metadata: { name, namespace: APP_NAMESPACE }, ...body };
}

function pod(name: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: APP_NAMESPACE, labels: LABELS },
    spec: { ...POD_SPEC, ...spec },
  };
}

const selector = { matchLabels: LABELS };
const job = { template: podTemplate({ restartPolicy: 'Never' }) };
/** One workload of each kind, with and without what inject adds to. */
const WORKLOADS = [
  object('apps/v1', 'Deployment', 'deployment', { spec: { selector, template: podTemplate() } }),
  object('apps/v1', 'StatefulSet', 'stateful-set', { spec: { selector, serviceName: 'x', template: podTemplate() } }),
  object('apps/v1', 'DaemonSet', 'daemon-set', { spec: { selector, template: podTemplate() } }),
  object('apps/v1', 'ReplicaSet', 'replica-set', { spec: { selector, template: podTemplate() } }),
  object('batch/v1', 'Job', 'job', { spec: job }),
  object('batch/v1', 'CronJob', 'cron-job', { spec: { schedule: '0 0 * * *', jobTemplate: { spec: job } } }),
  pod('bare'),
  pod('full', {
    hostAliases: [{ ip: '127.0.0.1', hostnames: ['own.example'] }],
    initContainers: [{ ...POD_SPEC.containers[0], name: 'before' }],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  }),
];

async function server(story: Story): Promise<ApiServer> {
  const options = { address: story.address(), directory: await story.directory('api-server'), name: 'east' };
  const started = await ApiServer.start(options);
  story.atEnd(() => started.stop());
  // Warnings of this admission become errors too (--warnings-as-errors).
  const modes = ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']);
  const metadata = { name: APP_NAMESPACE, labels: Object.fromEntries(modes) as object };
  await started.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
  return started;
}

/** The result for these documents, as one List in JSON. */
async function injected(
  story: Story,
  name: string,
  documents: readonly object[],
  ...flags: readonly string[]
): Promise<string> {
  const file = join(await story.directory(name), 'app.json');
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents }));
  const { exitCode, stderr, stdout } = await lifeboat('inject', '-f', file, ...flags);
  assert.deepEqual([exitCode, stderr], [0, '']);
  return stdout;
}

describe('lifeboat inject', () => {
  before(async function () {
    // The programs of Kubernetes may have to be built first.
    this.timeout(1_800_000);
    if ((await kubernetesPrograms()) === undefined) this.skip();
  });

  it(
    'is admitted by an API server for every kind, without a warning, also in a restricted namespace and again with other flags',
    withStory(async (story) => {
      const api = await server(story);
      const apply = (manifests: string): Promise<string> =>
        api.kubectl(['apply', '--server-side', '--warnings-as-errors', '-f', '-'], manifests);
      const flags = ['--xds-address', 'lifeboat.lifeboat:18000', '--cluster', 'east'];
      const hostname = ['--hostname', FAILOVER_HOSTNAME];
      await apply(await injected(story, 'first', WORKLOADS, ...flags, ...hostname));
      // What a Pod may not change is left out.
      const changeable = WORKLOADS.slice(0, 4);
      const more = ['--tls-secret', 'lifeboat', '--hostname', 'other.global', '--locality', 'east/east-a'];
      await apply(await injected(story, 'second', changeable, ...flags, ...hostname, ...more));

      const full = await podOf(api, 'full');
      assert.deepEqual(
        full.spec.initContainers.map(({ name }) => name),
        ['lifeboat-envoy', 'before'],
      );
      assert.deepEqual(full.spec.hostAliases, [{ ip: '127.0.0.1', hostnames: ['own.example', FAILOVER_HOSTNAME] }]);
    }),
  );

  it(
    'runs an Envoy that serves the failover, with the locality of the Node that its Pod is bound to',
    withStory(async (story) => {
      const { east, west, plane } = await twoSites(story);
      const api = await server(story);
      const [address, adminPort, readyPort] = [story.address(), await freePort(), await freePort()];
      const manifests = await injected(
        story,
        'manifests',
        [pod('productpage')],
        ...[
          '--xds-address',
          `${plane.xds.address}:${plane.xds.port}`,
          '--cluster',
          'east',
          '--config',
          plane.directory,
        ],
        ...['--envoy-admin-address', `${address}:${adminPort}`, '--ready-port', String(readyPort)],
        ...['--listen-address', address],
      );
      await api.kubectl(['apply', '--server-side', '--warnings-as-errors', '-f', '-'], manifests);
      await bind(api, 'productpage', 'east');

      const bound = await podOf(api, 'productpage');
      const [sidecar] = bound.spec.initContainers;
      assert.ok(sidecar);
      const { runAsGroup, runAsUser } = sidecar.securityContext;
      const id = `sidecar~${address}~productpage.${APP_NAMESPACE}~east`;
      await story.keep(
        EnvoyContainer.startUnprivileged(
          id,
          argumentsOf(bound, sidecar, address),
          new EnvoyAdmin({ address, port: adminPort }),
          `${runAsUser}:${runAsGroup}`,
        ),
      );
      await plane.synced(id);
      const [proxy] = await plane.proxies();
      assert.equal(proxy?.locality, 'east/east-a');

      const probe = async (path: string): Promise<number> => (await send({ address, port: readyPort, path })).status;
      assert.deepEqual([await probe('/ready'), await probe('/config_dump')], [200, 404]);
      assert.deepEqual(bound.spec.hostAliases, [{ ip: address, hostnames: [FAILOVER_HOSTNAME] }]);
      const traffic = story.traffic({ address });
      await traffic.settlesOn(east.names);
      await east.refuse();
      await traffic.settlesOn(west.names);
      assert.deepEqual((await traffic.stop()).failures, []);
    }),
  );
});

async function podOf(api: ApiServer, name: string): Promise<Pod> {
  return JSON.parse(await api.kubectl(['get', 'pod', name, '-n', APP_NAMESPACE, '-o', 'json'])) as Pod;
}

/** What the scheduler does: the Pod gets a Node, and its labels of region and zone. */
async function bind(api: ApiServer, name: string, region: string): Promise<void> {
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': `${region}-a` };
  await api.apply([{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels } }]);
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
  await api.kubectl(
    ['create', '--raw', `/api/v1/namespaces/${APP_NAMESPACE}/pods/${name}/binding`, '-f', '-'],
    JSON.stringify(binding),
  );
}
