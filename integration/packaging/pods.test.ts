/**
 * What the Helm chart and the plain manifests install, as a kubelet would run it: the image, the arguments, the restrictions and the Secrets, with
 * the token of the service account. A real API server holds it to the permissions that were installed with it.
 */
import assert from 'node:assert/strict';
import { getContainerRuntimeClient } from 'testcontainers';
import { buildLifeboatImage } from '../../deploy/image/build.js';
import type { ApiServer } from '../support/kubernetes/api-server.js';
import { install } from '../support/kubernetes/install.js';
import { KubeSite } from '../support/kubernetes/kube-site.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import {
  type Manifest,
  helmProgram,
  installChart,
  renderChart,
  renderKustomization,
} from '../support/packaging/manifests.js';
import { Pod } from '../support/packaging/pod.js';
import { ADMIN_TOKEN, SECURE, secret, secretsOf } from '../support/packaging/values.js';
import { eventually } from '../support/processes/eventually.js';
import { failoverService, quickOutlierDetection } from '../support/services/resources.js';
import { meshes } from '../support/services/service.js';
import { type Story, withStory } from '../support/story.js';

const IMAGE = 'localhost/lifeboat-test:latest';
const NAMESPACE = 'lifeboat';
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const FAILOVER = 'failoverservices.networking.smh.solo.io/reviews-failover';
const RESOURCES = 'service-mesh-hub';

/** A cluster with a failover of `reviews`, and an empty namespace for Lifeboat. */
async function cluster(story: Story, clusters: readonly string[]): Promise<KubeSite> {
  const site = await KubeSite.start(story, 'east');
  await install(site, [
    ...meshes(...clusters),
    quickOutlierDetection(clusters),
    failoverService({ clusters, port: story.port }),
  ]);
  await site.server.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  return site;
}

/** Applies what was rendered, and runs its Deployment. */
async function run(story: Story, { server }: KubeSite, rendered: string): Promise<Pod> {
  await server.kubectl(['apply', '--server-side', '-f', '-'], rendered);
  return start(story, server);
}

/** Runs the Deployment that is installed. */
async function start(story: Story, server: ApiServer): Promise<Pod> {
  const get = ['get', 'deployment/lifeboat', `--namespace=${NAMESPACE}`, '-o', 'json'];
  const deployment = JSON.parse(await server.kubectl(get)) as Manifest;
  return Pod.start(story, { image: IMAGE, server, namespace: NAMESPACE, deployment });
}

/** Waits until the status of the failover is written, and the event about it. */
async function writes({ server }: KubeSite, pod: Pod): Promise<void> {
  const get = ['get', FAILOVER, `--namespace=${RESOURCES}`, '-o', 'jsonpath={.status.state}'];
  try {
    await eventually(
      async () => {
        assert.equal(await server.kubectl(get), 'ACCEPTED');
        assert.match(await server.kubectl(['events', '-A', '--for', FAILOVER, '--no-headers']), /Normal +Accepted /);
        return true;
      },
      { what: 'the status and its event are written', timeout: 60_000 },
    );
  } catch (error) {
    throw new Error(`${String(error)}: ${pod.log.slice(-10).join('\n')}`, { cause: error });
  }
  const lease = await server.kubectl(['get', 'lease/lifeboat', `--namespace=${NAMESPACE}`, '-o', 'name']);
  assert.match(lease, /lifeboat/);
}

/** Nothing that it asked an API server for was refused. */
function assertPermitted(pod: Pod): void {
  assert.deepEqual(
    pod.log.filter((line) => /forbidden|cannot (list|watch|get|create|update|patch)/i.test(line)),
    [],
  );
}

/** The account of deploy/kustomize/remote on another cluster, as a user of a kubeconfig. */
async function remoteUser({ server }: KubeSite): Promise<object> {
  await server.kubectl(['apply', '--server-side', '-f', '-'], await renderKustomization('deploy/kustomize/remote'));
  // The controller that fills the Secret does not run.
  const token = await server.kubectl(['create', 'token', 'lifeboat-reader', `--namespace=${NAMESPACE}`]);
  return { token: token.trim() };
}

/** A kubeconfig as in docs/installation.md: the own cluster by the service account, the other one by a token. */
async function kubeconfig(east: KubeSite, west: KubeSite): Promise<Manifest> {
  const own = {
    server: east.server.url,
    'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt`,
  };
  const remote = {
    server: west.server.url,
    'certificate-authority-data': Buffer.from(await west.server.certificate()).toString('base64'),
  };
  const provider = { name: 'tokenFile', config: { tokenFile: `${SERVICE_ACCOUNT}/token` } };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config' },
    clusters: [
      { name: 'east', cluster: own },
      { name: 'west', cluster: remote },
    ],
    users: [
      { name: 'east', user: { 'auth-provider': provider } },
      { name: 'west', user: await remoteUser(west) },
    ],
    contexts: ['east', 'west'].map((name) => ({ name, context: { cluster: name, user: name } })),
  };
  return secret(NAMESPACE, 'lifeboat-kubeconfig', { config: JSON.stringify(config) });
}

describe('the pods that', () => {
  before(async function () {
    // The programs may have to be built first, and then the image.
    this.timeout(2_400_000);
    if ((await helmProgram()) === undefined || (await kubernetesPrograms()) === undefined) this.skip();
    await buildLifeboatImage({ name: IMAGE });
  });

  it('are made of an image that is not root by itself', async () => {
    const { container } = await getContainerRuntimeClient();
    const { Config } = await container.dockerode.getImage(IMAGE).inspect();
    assert.equal(Config.User, '65532:65532');
  });

  it(
    'the Helm chart installs become ready, write statuses, ask for the token, and end in good order',
    withStory(async (story) => {
      const site = await cluster(story, ['east']);
      await site.server.apply(secretsOf(NAMESPACE));
      const notes = await installChart(site.server, { ...SECURE, clusterName: 'east' });
      assert.match(notes, /--xds-address lifeboat\.lifeboat\.svc:18000 --tls-ca FILE$/m);
      const pod = await start(story, site.server);
      await writes(site, pod);
      assert.equal((await pod.get('/metrics')).status, 401);
      const { status, body } = await pod.get('/metrics', ADMIN_TOKEN);
      assert.equal(status, 200);
      assert.match(body, /^lifeboat_kubernetes_leader 1$/m);
      assertPermitted(pod);
      assert.equal(await pod.stop(), 0, pod.log.slice(-10).join('\n'));
    }),
  );

  it(
    'read only some namespaces need Roles in these only; clients prove who they are by tokens of the API server',
    withStory(async (story) => {
      const site = await cluster(story, ['east']);
      await site.server.apply(secretsOf(NAMESPACE));
      const keys = await site.server.kubectl(['get', '--raw', '/openid/v1/jwks']);
      await site.server.apply([
        {
          ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keys', namespace: NAMESPACE } },
          data: { 'jwks.json': keys },
        },
      ]);
      const policy = { clients: [{ identity: 'system:serviceaccount:{namespace}:*', namespace: '{namespace}' }] };
      const values = {
        ...{ ...SECURE, clusterName: 'east' },
        watchNamespaces: ['bookinfo', RESOURCES],
        clients: { jwks: { configMapName: 'keys' }, policy },
      };
      const pod = await run(story, site, await renderChart(values));
      await writes(site, pod);
      assertPermitted(pod);
      const { body } = await pod.get('/api/v1/resources?kind=Destination', ADMIN_TOKEN);
      assert.match(body, /"reviews-bookinfo-east"/);
    }),
  );

  it(
    'the plain manifests install read several clusters by a kubeconfig in a Secret',
    withStory(async (story) => {
      const east = await cluster(story, ['east', 'west']);
      const west = await KubeSite.start(story, 'west');
      await east.server.apply([...secretsOf(NAMESPACE), await kubeconfig(east, west)]);
      const rendered = await renderKustomization('deploy/kustomize/overlays/several-clusters');
      const pod = await run(story, east, rendered);
      await writes(east, pod);
      const { body } = await pod.get('/api/v1/resources?kind=Destination', ADMIN_TOKEN);
      assert.match(body, /"reviews-bookinfo-east"/);
      assert.match(body, /"reviews-bookinfo-west"/);
      assertPermitted(pod);
    }),
  );

  it(
    'the insecure overlay installs become ready without Secrets',
    withStory(async (story) => {
      const site = await cluster(story, ['cluster-1']);
      const pod = await run(story, site, await renderKustomization('deploy/kustomize/overlays/insecure'));
      assert.equal((await pod.get('/metrics')).status, 200);
      assertPermitted(pod);
    }),
  );
});
