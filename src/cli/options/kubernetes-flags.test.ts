import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../output/cli-error.js';
import { type KubernetesFlags, kubernetesClustersOf, kubernetesOptionsOf } from './kubernetes-flags.js';

const KUBECONFIG = {
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'kind-east' },
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: ['kind-east', 'kind-west'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
};

describe('the flags about Kubernetes', () => {
  let directory: string;
  let kubeconfig: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'lifeboat-kubeconfig-'));
    kubeconfig = join(directory, 'config');
    writeFileSync(kubeconfig, JSON.stringify(KUBECONFIG));
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  async function clusters(
    flags: Omit<KubernetesFlags, 'kubeconfig'>,
  ): Promise<readonly (readonly [string, string, boolean])[]> {
    const { clusters: found = [] } = (await kubernetesClustersOf({ kubeconfig, ...flags }, {})) ?? {};
    return found.map(({ name, config, isManagement }) => [name, config.getCurrentContext(), isManagement]);
  }

  it('name the current context, by its own name or by --cluster-name', async () => {
    assert.deepEqual(await clusters({ kubernetes: true }), [['kind-east', 'kind-east', true]]);
    assert.deepEqual(await clusters({ kubernetes: ['true'] }), [['kind-east', 'kind-east', true]]);
    assert.deepEqual(await clusters({ kubernetes: true, clusterName: 'east' }), [['east', 'kind-east', true]]);
  });

  it('name several contexts, of which the first or --management has the custom resources', async () => {
    const kubernetes = ['east=kind-east', 'west=kind-west'];
    assert.deepEqual(await clusters({ kubernetes }), [
      ['east', 'kind-east', true],
      ['west', 'kind-west', false],
    ]);
    assert.deepEqual(
      (await clusters({ kubernetes, management: 'west' })).map(([, , isManagement]) => isManagement),
      [false, true],
    );
  });

  it('narrow the namespaces, as a list or with commas', async () => {
    const found = await kubernetesClustersOf({ kubeconfig, kubernetes: true, watchNamespaces: ['a,b', 'b'] }, {});
    assert.deepEqual(found?.namespaces, ['a', 'b']);
  });

  it('say where Meshes are made up and statuses are written, and that they are not', async () => {
    const given = { kubeconfig, kubernetes: ['east=kind-east', 'west=kind-west'], management: 'west' };
    const options = await kubernetesOptionsOf(given, {});
    assert.deepEqual(options.kubernetesMeshes, { namespace: 'lifeboat' });
    const { config, ...writes } = options.kubernetesWrites ?? assert.fail();
    assert.deepEqual(writes, { namespace: 'lifeboat', writesPerSecond: 10 });
    assert.equal(config.getCurrentContext(), 'kind-west');
    const named = { ...given, namespace: 'system', statusWritesPerSecond: '3' };
    const { kubernetesWrites } = await kubernetesOptionsOf(named, {});
    assert.deepEqual([kubernetesWrites?.namespace, kubernetesWrites?.writesPerSecond], ['system', 3]);
    const off = await kubernetesOptionsOf({ ...given, clusterMeshes: 'off', writeStatuses: 'off' }, {});
    assert.deepEqual(Object.keys(off), ['kubernetes']);
    assert.deepEqual(await kubernetesOptionsOf({}, {}), {});
  });

  it('are absent without --kubernetes', async () => {
    assert.equal(await kubernetesClustersOf({}, {}), undefined);
    assert.equal(await kubernetesClustersOf({ kubernetes: ['false'] }, {}), undefined);
  });

  const wrong: readonly (readonly [KubernetesFlags, RegExp])[] = [
    [{ management: 'a' }, /--management: has an effect only with --kubernetes/],
    [{ watchNamespaces: ['a'] }, /--watch-namespaces: has an effect only/],
    [{ kubernetes: ['kind-east'] }, /--kubernetes kind-east: must be NAME=CONTEXT/],
    [{ kubernetes: ['true', 'a=kind-east'] }, /--kubernetes true: must be NAME=CONTEXT/],
    [{ kubernetes: ['a=kind-east', 'a=kind-west'] }, /the name a is given twice/],
    [
      { kubernetes: ['a=kind-east'], clusterName: 'b' },
      /--cluster-name: the clusters of --kubernetes have names already/,
    ],
    [{ kubernetes: ['a=kind-east'], management: 'b' }, /--management b: is none of the clusters of --kubernetes \(a\)/],
    [{ kubernetes: ['a=kind-north'] }, /no context kind-north with a cluster\. It has kind-east, kind-west\./],
    [{ kubernetes: true, watchNamespaces: ['Shop'] }, /--watch-namespaces Shop: is not a name of a namespace/],
    [{ namespace: 'a' }, /--namespace: has an effect only with --kubernetes/],
    [{ writeStatuses: 'off' }, /--write-statuses: has an effect only with --kubernetes/],
    [
      { kubernetes: true, writeStatuses: 'off', statusWritesPerSecond: '5' },
      /--status-writes-per-second: has no effect with --write-statuses off/,
    ],
    [
      { kubernetes: true, writeStatuses: 'off', clusterMeshes: 'off', namespace: 'a' },
      /--namespace: has no effect with/,
    ],
    [{ kubernetes: true, namespace: 'Shop' }, /--namespace Shop: is not a name of a namespace/],
    [{ kubernetes: true, statusWritesPerSecond: '0' }, /--status-writes-per-second 0: must be a whole number/],
    [{ kubernetes: true, kubeconfig: '/nowhere/config' }, /--kubeconfig \/nowhere\/config: ENOENT/],
  ];
  for (const [flags, message] of wrong) {
    it(`are refused: ${message.source}`, async () => {
      const given = flags.kubernetes === undefined ? flags : { kubeconfig, ...flags };
      await assert.rejects(
        kubernetesOptionsOf(given, {}),
        (error) => error instanceof CliError && message.test(error.message),
      );
    });
  }

  it('need --cluster-name in a pod, which does not know where it is', async () => {
    const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    await assert.rejects(kubernetesClustersOf({ kubernetes: true }, pod), /Give --cluster-name/);
  });
});
