/** The Helm chart and the plain manifests: what they render, which values they refuse, and that a real API server admits them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { documentedRoles } from '../support/kubernetes/kubeconfig.js';
import { ApiServer } from '../support/kubernetes/api-server.js';
import { kubernetesPrograms } from '../support/kubernetes/programs.js';
import {
  CHART,
  type Manifest,
  helmProgram,
  manifestsIn,
  renderChart,
  renderKustomization,
} from '../support/packaging/manifests.js';
import { INSECURE, SECURE, SEVERAL } from '../support/packaging/values.js';
import { lifeboat } from '../support/processes/lifeboat.js';
import { ROOT } from '../support/processes/packed-project.js';
import { withStory } from '../support/story.js';

/** Every optional object, and every value that a template reads. */
const EVERYTHING = {
  ...SECURE,
  replicaCount: 3,
  image: { repository: 'example.test/lifeboat', digest: `sha256:${'0'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  fullnameOverride: 'failover',
  watchNamespaces: ['shop', 'bookinfo'],
  clusterMeshes: false,
  extraArgs: ['--max-streams=5000'],
  extraEnv: [{ name: 'TZ', value: 'UTC' }],
  clients: {
    ca: { secretName: 'lifeboat-client-ca' },
    jwks: { configMapName: 'keys', issuer: 'https://kubernetes.default.svc', audiences: ['lifeboat', 'xds'] },
    policy: { clients: [{ identity: 'dns:*.example.org' }] },
  },
  serviceAccount: { annotations: { 'example.org/owner': 'platform' } },
  service: { type: 'LoadBalancer', annotations: { 'example.org/internal': 'true' } },
  networkPolicy: { xdsFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }], adminFrom: [] },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' }, ca: { secretName: 'lifeboat-tls' } },
  podDisruptionBudget: { maxUnavailable: '50%' },
  podAnnotations: { 'example.org/a': 'b' },
  podLabels: { team: 'platform' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'spot', operator: 'DoesNotExist' }] } },
      ],
    },
  },
  priorityClassName: 'system-cluster-critical',
  topologySpread: { whenUnsatisfiable: 'DoNotSchedule' },
};

/** Its kind, for the fields that the chart sets. Unknown fields would be a warning. */
const SERVICE_MONITORS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind: 'ServiceMonitor', plural: 'servicemonitors' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: serviceMonitorSchema() } }],
  },
};

/** https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Endpoint */
function serviceMonitorSchema(): object {
  const text = { type: 'string' };
  const object = (properties: object): object => ({ type: 'object', properties });
  const key = object({ name: text, key: text });
  const tlsConfig = object({ ca: object({ secret: key }), serverName: text });
  const authorization = object({ credentials: key });
  const endpoint = object({ port: text, path: text, interval: text, scheme: text, tlsConfig, authorization });
  const matchLabels = { type: 'object', additionalProperties: text };
  return object({
    spec: object({ selector: object({ matchLabels }), endpoints: { type: 'array', items: endpoint } }),
  });
}

/** Values that are refused, and a part of what Helm says. */
const REFUSED: readonly (readonly [name: string, values: object, message: RegExp])[] = [
  ['no values', {}, /clusterName: is missing\. /],
  ['no certificate', { clusterName: 'east' }, /tls\.secretName: is missing\. .* insecure: true/],
  ['no token', { ...SECURE, admin: {} }, /admin\.tokenSecretName: is missing\. /],
  ['no credentials of clients', { ...SECURE, clients: {} }, /clients: nobody could connect\. /],
  ['clients that may be anyone, and not', { ...SECURE, clients: { ...SECURE.clients, allowAny: true } }, /contradicts/],
  [
    'certificates of clients without TLS',
    { ...INSECURE, clients: { ca: { secretName: 'ca' } } },
    /clients\.ca: needs tls/,
  ],
  ['a policy without identities', { ...INSECURE, clients: { policy: { clients: [] } } }, /clients\.policy: needs/],
  ['two names for a cluster', { ...SEVERAL, clusterName: 'east' }, /clusterName: the clusters of kubeconfig/],
  [
    'a kubeconfig without contexts',
    { ...SEVERAL, kubeconfig: { secretName: 'clusters' } },
    /kubeconfig\.contexts: name each/,
  ],
  [
    'contexts without a kubeconfig',
    { ...SECURE, kubeconfig: { management: 'east' } },
    /kubeconfig\.secretName: is missing/,
  ],
  [
    'an unknown management cluster',
    { ...SEVERAL, kubeconfig: { ...SEVERAL.kubeconfig, management: 'north' } },
    /north is none of the clusters/,
  ],
  ['an unknown value', { ...SECURE, replicas: 3 }, /additional properties 'replicas' not allowed/],
  ['an unknown value in another', { ...SECURE, image: { name: 'x' } }, /additional properties 'name' not allowed/],
  ['a wrong type', { ...SECURE, replicaCount: 'three' }, /\/replicaCount.*got string, want integer/s],
  ['no replicas', { ...SECURE, replicaCount: 0 }, /\/replicaCount.*minimum/s],
  ['an unknown level', { ...SECURE, logLevel: 'trace' }, /\/logLevel.*must be one of/s],
  ['a flag that is none', { ...SECURE, extraArgs: ['max-streams'] }, /\/extraArgs\/0.*pattern/s],
  ['a time too short for a drain', { ...SECURE, terminationGracePeriodSeconds: 5 }, /minimum: got 5, want 15/],
];

/** What the chart and kustomize label differently. */
const OF_HELM = ['helm.sh/chart', 'app.kubernetes.io/managed-by'];

function rulesOf(manifests: readonly Manifest[], kind: string, name = 'lifeboat'): unknown {
  return manifests.find((object) => object.kind === kind && object.metadata.name === name)?.['rules'];
}

/** By kind and name, without the labels of Helm and without Namespaces, which Helm makes itself. */
function comparable(manifests: readonly Manifest[]): Readonly<Record<string, Manifest>> {
  return Object.fromEntries(
    manifests
      .filter(({ kind }) => kind !== 'Namespace')
      .map((object) => {
        const { labels = {}, ...metadata } = object.metadata;
        const kept = Object.fromEntries(Object.entries(labels).filter(([label]) => !OF_HELM.includes(label)));
        return [`${object.kind} ${metadata.name}`, { ...object, metadata: { ...metadata, labels: kept } }];
      }),
  );
}

describe('the Helm chart', () => {
  before(async function () {
    // The programs may have to be built first.
    this.timeout(1_800_000);
    if ((await helmProgram()) === undefined || (await kubernetesPrograms()) === undefined) this.skip();
  });

  it('has the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
    const chart = parse(await readFile(join(CHART, 'Chart.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;
    assert.deepEqual([chart['version'], chart['appVersion']], [version, version]);
  });

  it('has the definitions that lifeboat crds prints', async () => {
    const { stdout } = await lifeboat('crds');
    const definitions = await readFile(join(CHART, 'crds/definitions.yaml'), 'utf8');
    assert.ok(definitions === stdout, 'run make manifests');
  });

  it('has a description of every value, and a default that it accepts', async () => {
    const schema = JSON.parse(await readFile(join(CHART, 'values.schema.json'), 'utf8')) as Schema;
    const values = parse(await readFile(join(CHART, 'values.yaml'), 'utf8')) as object;
    const described = pathsOf(schema).filter((path) => path !== 'global');
    const given = described.filter((path) => valueAt(values, path) !== undefined);
    assert.deepEqual(given, described);
  });

  it('asks for the permissions of docs/kubernetes.md, and for no others', async () => {
    const documented = manifestsIn(await documentedRoles());
    assert.deepEqual(documented.map(({ kind }) => kind).sort(), ['ClusterRole', 'Role']);
    for (const rendered of [await renderChart(SECURE), await renderKustomization('deploy/kustomize/base')]) {
      const asked = manifestsIn(rendered).filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
      assert.equal(asked.length, documented.length);
      for (const { kind } of documented) assert.deepEqual(rulesOf(asked, kind), rulesOf(documented, kind), kind);
    }
    const reader = rulesOf(
      manifestsIn(await renderKustomization('deploy/kustomize/remote')),
      'ClusterRole',
      'lifeboat-reader',
    );
    assert.deepEqual(reader, (rulesOf(documented, 'ClusterRole') as readonly unknown[]).slice(0, 2));
  });

  for (const [folder, values] of [
    ['base', SECURE],
    ['overlays/insecure', INSECURE],
    ['overlays/several-clusters', SEVERAL],
  ] as const)
    it(`renders the plain manifests of ${folder}`, async () => {
      const chart = comparable(manifestsIn(await renderChart(values)));
      const plain = comparable(manifestsIn(await renderKustomization(`deploy/kustomize/${folder}`)));
      assert.deepEqual(Object.keys(plain).sort(), Object.keys(chart).sort());
      for (const [name, object] of Object.entries(plain)) assert.deepEqual(object, chart[name], name);
    });

  it('asks only to read, if it writes no statuses', async () => {
    const manifests = manifestsIn(await renderChart({ ...SECURE, writeStatuses: false }));
    const rules = manifests.flatMap((object) => (object['rules'] ?? []) as readonly { verbs: readonly string[] }[]);
    assert.deepEqual([...new Set(rules.flatMap(({ verbs }) => verbs))], ['list', 'watch']);
    assert.equal(rulesOf(manifests, 'Role'), undefined);
  });

  for (const [name, values, message] of REFUSED)
    it(`refuses ${name}`, async () => {
      await assert.rejects(renderChart(values), message);
    });

  it(
    'and the plain manifests are admitted by an API server, without a warning, where pods must be restricted',
    withStory(async (story) => {
      const server = await ApiServer.start({
        address: story.address(),
        directory: await story.directory('server'),
        name: 'server',
      });
      story.atEnd(() => server.stop());
      const admit = (text: string): Promise<string> =>
        server.kubectl(['apply', '--server-side', '--force-conflicts', '--warnings-as-errors', '-f', '-'], text);
      await server.apply([SERVICE_MONITORS, ...['lifeboat', 'shop', 'bookinfo'].map(restrictedNamespace)]);
      await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crds', '--all']);
      for (const values of [SECURE, INSECURE, SEVERAL, EVERYTHING]) await admit(await renderChart(values));
      await admit(await renderChart(SECURE, { definitions: true }));
      assert.match(await server.kubectl(['get', 'servicemonitors', '--namespace=lifeboat']), /failover/);
      for (const folder of ['kustomize/base', 'kustomize/overlays/insecure', 'kustomize/overlays/several-clusters'])
        await admit(await renderKustomization(`deploy/${folder}`));
      await admit(await renderKustomization('deploy/kustomize/remote'));
      await admit(await renderKustomization('deploy/helm/lifeboat/crds'));
    }),
  );
});

function restrictedNamespace(name: string): object {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

interface Schema {
  readonly description?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The values that a schema describes. Fails for one without a description, and for an object that admits unknown values. */
function pathsOf(schema: Schema, path = ''): readonly string[] {
  assert.ok(schema.description, `${path} has no description`);
  if (schema.properties === undefined) return [path];
  assert.equal(schema.additionalProperties, false, path);
  return Object.entries(schema.properties).flatMap(([name, one]) =>
    pathsOf(one, path === '' ? name : `${path}.${name}`),
  );
}

function valueAt(values: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : value),
      values,
    );
}
