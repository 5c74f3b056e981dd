import assert from 'node:assert/strict';
import { type KnownKind, findKind, isKnownKind, kindNames, recognizeKind, refTo, shortNamesOf } from './kinds.js';
import { resourceKey } from './resource.js';

function known(apiVersion: string, kind: string): KnownKind {
  const recognized = recognizeKind(apiVersion, kind);
  assert.ok(isKnownKind(recognized), `${apiVersion} ${kind}`);
  return recognized;
}

describe('kinds', () => {
  const accepted: readonly (readonly [string, readonly string[]])[] = [
    ['FailoverService', ['networking.smh.solo.io/v1alpha2', 'networking.mesh.gloo.solo.io/v1alpha2']],
    [
      'TrafficPolicy',
      ['networking.smh.solo.io/v1alpha2', 'networking.mesh.gloo.solo.io/v1alpha2', 'networking.mesh.gloo.solo.io/v1'],
    ],
    [
      'VirtualMesh',
      ['networking.smh.solo.io/v1alpha2', 'networking.mesh.gloo.solo.io/v1alpha2', 'networking.mesh.gloo.solo.io/v1'],
    ],
    [
      'VirtualDestination',
      [
        'networking.enterprise.mesh.gloo.solo.io/v1alpha1',
        'networking.enterprise.mesh.gloo.solo.io/v1beta1',
        'networking.gloo.solo.io/v2',
      ],
    ],
    ['FailoverPolicy', ['resilience.policy.gloo.solo.io/v2']],
    ['OutlierDetectionPolicy', ['resilience.policy.gloo.solo.io/v2']],
    ['RetryTimeoutPolicy', ['resilience.policy.gloo.solo.io/v2']],
    ['Workspace', ['admin.gloo.solo.io/v2']],
    [
      'Mesh',
      ['discovery.smh.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1'],
    ],
    [
      'Destination',
      ['discovery.smh.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1'],
    ],
    [
      'TrafficTarget',
      ['discovery.smh.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1'],
    ],
    [
      'Workload',
      ['discovery.smh.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1alpha2', 'discovery.mesh.gloo.solo.io/v1'],
    ],
    ['Service', ['v1']],
    ['EndpointSlice', ['discovery.k8s.io/v1']],
    ['Endpoints', ['v1']],
    ['Node', ['v1']],
    ['Pod', ['v1']],
    ['Namespace', ['v1']],
  ];
  for (const [kind, apiVersions] of accepted) {
    it(`include ${kind} in ${apiVersions.join(', ')}`, () => {
      for (const apiVersion of apiVersions) assert.ok(isKnownKind(recognizeKind(apiVersion, kind)));
    });
  }

  it('include no others', () => {
    const names = accepted.map(([kind]) => kind).filter((kind) => kind !== 'TrafficTarget');
    assert.deepEqual(kindNames, names.sort());
  });

  it('can have versions with different shapes, such as VirtualDestination', () => {
    assert.equal(
      known('networking.enterprise.mesh.gloo.solo.io/v1beta1', 'VirtualDestination').message,
      'networking.enterprise.mesh.gloo.solo.io.VirtualDestinationSpec',
    );
    assert.equal(
      known('networking.gloo.solo.io/v2', 'VirtualDestination').message,
      'networking.gloo.solo.io.VirtualDestinationSpec',
    );
  });

  it('give resources the name of the kind instead of an alias, and the default namespace', () => {
    const target = known('discovery.smh.solo.io/v1alpha2', 'TrafficTarget');
    assert.deepEqual(refTo(target, { name: 'a', namespace: '' }), {
      kind: 'Destination',
      namespace: 'default',
      name: 'a',
    });
    assert.deepEqual(refTo(target, { name: 'a', namespace: 'b' }), { kind: 'Destination', namespace: 'b', name: 'a' });
    assert.deepEqual(refTo(known('v1', 'Node'), { name: 'a', namespace: 'b' }), {
      kind: 'Node',
      namespace: '',
      name: 'a',
    });
  });

  it('give Kubernetes objects names that include their cluster', () => {
    const metadata = { name: 'a', namespace: 'b', annotations: { 'cluster.solo.io/cluster': 'c' } };
    const service = refTo(known('v1', 'Service'), metadata);
    assert.deepEqual(service, { kind: 'Service', namespace: 'b', name: 'a', cluster: 'c' });
    assert.equal(resourceKey(service), 'Service/b/a/c');
    const node = refTo(known('v1', 'Node'), { ...metadata, annotations: { 'cluster.solo.io/cluster': '' } });
    assert.deepEqual(node, { kind: 'Node', namespace: '', name: 'a' });
    const target = refTo(known('discovery.smh.solo.io/v1alpha2', 'TrafficTarget'), metadata);
    assert.equal(resourceKey(target), 'Destination/b/a');
  });

  const unknown: readonly (readonly [string, string, string, boolean, RegExp])[] = [
    ['apps/v1', 'Deployment', 'UnknownKind', false, /^Kind Deployment is not supported\. The resource is ignored\.$/],
    [
      'networking.istio.io/v1beta1',
      'VirtualService',
      'UnknownKind',
      false,
      /ignored\. Describe its routes, timeouts and retries in a TrafficPolicy/,
    ],
    ['networking.istio.io/v1', 'ServiceEntry', 'UnknownKind', false, /Destination with spec\.externalService\.$/],
    ['example.com/v1', 'VirtualService', 'UnknownKind', false, /The resource is ignored\.$/],
    ['networking.smh.solo.io/v1alpha2', 'FailoverServcie', 'UnknownKind', true, /Did you mean "FailoverService"\?$/],
    ['v1', 'constructor', 'UnknownKind', false, /Kind constructor/],
    [
      'serving.knative.dev/v1',
      'Service',
      'UnknownApiVersion',
      false,
      /Service is not supported in apiVersion serving.knative.dev\/v1. The resource is ignored. Supported versions: v1\.$/,
    ],
    [
      'networking.gloo.solo.io/v3',
      'VirtualDestination',
      'UnknownApiVersion',
      true,
      /Supported versions: .*v1alpha1, .*v1beta1, networking.gloo.solo.io\/v2\. Did you mean "networking.gloo.solo.io\/v2"\?$/,
    ],
  ];
  for (const [apiVersion, kind, code, mistaken, message] of unknown) {
    it(`do not include ${kind} in ${apiVersion}`, () => {
      const recognized = recognizeKind(apiVersion, kind);
      assert.ok(!isKnownKind(recognized));
      assert.deepEqual([recognized.code, recognized.mistaken], [code, mistaken]);
      assert.match(recognized.message, message);
    });
  }
});

describe('findKind', () => {
  const asked: Readonly<Record<string, string | undefined>> = {
    vd: 'VirtualDestination',
    fs: 'FailoverService',
    fos: 'FailoverService',
    fop: 'FailoverPolicy',
    odp: 'OutlierDetectionPolicy',
    rtp: 'RetryTimeoutPolicy',
    tp: 'TrafficPolicy',
    dest: 'Destination',
    FOP: 'FailoverPolicy',
    svc: 'Service',
    FailoverPolicy: 'FailoverPolicy',
    failoverPOLICIES: 'FailoverPolicy',
    meshes: 'Mesh',
    traffictargets: 'Destination',
    'failoverpolicies.resilience.policy.gloo.solo.io': 'FailoverPolicy',
    fops: undefined,
    constructor: undefined,
    '': undefined,
  };
  for (const [word, kind] of Object.entries(asked)) {
    it(`finds ${String(kind)} for "${word}"`, () => assert.equal(findKind(word), kind));
  }

  it('finds only one kind for each word', () => {
    const words = kindNames.flatMap((kind) =>
      [...shortNamesOf(kind), kind.toLowerCase()].map((word) => [word, kind] as const),
    );
    for (const [word, kind] of words) assert.equal(findKind(word), kind);
  });

  it('suggests the most similar kind or apiVersion, in any case and by any name', () => {
    const messageOf = (apiVersion: string, kind: string): string => {
      const unknown = recognizeKind(apiVersion, kind);
      assert.ok(!isKnownKind(unknown) && unknown.mistaken, kind);
      return unknown.message.split('Did you mean ')[1] ?? '';
    };
    const policies = 'resilience.policy.gloo.solo.io/v2';
    for (const kind of ['FailoverPolcy', 'failoverpolicy', 'FAILOVERPOLICY', 'FailoverPolicies', 'FOP'])
      assert.equal(messageOf(policies, kind), '"FailoverPolicy"?', kind);
    assert.equal(
      messageOf('networking.mesh.gloo.solo.io/v1alpha3', 'TrafficPolicy'),
      '"networking.mesh.gloo.solo.io/v1alpha2"?',
    );
  });
});
