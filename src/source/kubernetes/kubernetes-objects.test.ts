import assert from 'node:assert/strict';
import { runToEnd } from '../../turns/run-to-end.js';
import type { RawResource } from '../../api/resource.js';
import type { KubeObject } from './api.js';
import type { ObjectType } from './cluster.js';
import { KubernetesObjects } from './kubernetes-objects.js';
import { DEFAULT_READ_LIMITS } from '../yaml/limits.js';
import { WATCHED_KINDS, apiVersionOf } from './watched-kinds.js';

function typeOf(plural: string, group = ''): ObjectType {
  const kind = WATCHED_KINDS.find((one) => one.plural === plural && one.group === group);
  assert.ok(kind, `${plural} are watched`);
  return { kind, apiVersion: apiVersionOf(kind, kind.versions[0] ?? '') };
}

const SERVICES = typeOf('services');
const NODES = typeOf('nodes');

function service(name: string, more: object = {}, namespace = 'shop'): KubeObject {
  return { metadata: { name, namespace, ...more }, spec: { ports: [{ port: 80 }] } } as KubeObject;
}

function brief({ kind, metadata: { namespace, name, annotations } }: RawResource): string {
  return `${kind} ${namespace}/${name} of ${annotations['cluster.solo.io/cluster'] ?? 'none'}`;
}

describe('objects of Kubernetes', () => {
  it('are resources of their cluster, although lists do not say what they contain', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    files.put('east', SERVICES, service('a'));
    files.put('west', SERVICES, service('a'));
    files.put('west', NODES, { metadata: { name: 'n' } });
    assert.deepEqual(files.commit()?.upserts.map(brief), [
      'Service shop/a of east',
      'Service shop/a of west',
      'Node /n of west',
    ]);
    assert.deepEqual([files.size('east'), files.size('west'), files.size('north')], [1, 2, 0]);
  });

  it('cannot say that they are of another cluster', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    files.put('east', SERVICES, service('a', { annotations: { 'cluster.solo.io/cluster': 'west', 'a/b': 'c' } }));
    const [raw] = files.commit()?.upserts ?? [];
    assert.deepEqual(raw?.metadata.annotations, { 'cluster.solo.io/cluster': 'east', 'a/b': 'c' });
  });

  it('have the generation of the server, and a counted one where the server counts none', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    const generations = (): readonly number[] => (files.commit()?.upserts ?? []).map(({ generation }) => generation);
    files.put('east', SERVICES, service('a', { generation: 7 }));
    files.put('east', SERVICES, service('b'));
    assert.deepEqual(generations(), [7, 1]);
    files.put('east', SERVICES, service('a', { generation: 9 }));
    files.put('east', SERVICES, { ...service('b'), spec: {} } as KubeObject);
    assert.deepEqual(generations(), [9, 2]);
  });

  it('have statuses where Lifeboat writes these: in its own kinds', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    const meshes = typeOf('meshes', 'discovery.smh.solo.io');
    const status = { state: 'ACCEPTED' };
    files.put('east', SERVICES, { ...service('a'), status } as KubeObject);
    files.put('east', meshes, { metadata: { name: 'm', namespace: 'shop', uid: 'u' }, status } as KubeObject);
    const file = 'kubernetes/east/meshes.discovery.smh.solo.io/shop/m';
    assert.deepEqual([...files.statuses.keys()], [file]);
    assert.deepEqual(files.statuses.get(file), {
      ...{ apiVersion: 'discovery.smh.solo.io/v1alpha2', kind: 'Mesh', plural: 'meshes' },
      ...{ namespace: 'shop', name: 'm', uid: 'u', status: '{"state":"ACCEPTED"}' },
    });
    files.delete('east', meshes, { metadata: { name: 'm', namespace: 'shop' } });
    assert.equal(files.statuses.size, 0);
  });

  it('do not change with what the server keeps about them', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    files.put('east', SERVICES, service('a', { resourceVersion: '1', uid: 'x', managedFields: [{}] }));
    files.commit();
    const status = { status: { loadBalancer: {} } };
    files.put('east', SERVICES, { ...service('a', { resourceVersion: '2', uid: 'x' }), ...status });
    assert.equal(files.commit(), undefined);
  });

  it('are gone when a list lacks them: those of its kind, cluster and namespace', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    for (const [cluster, namespace] of [
      ['east', 'shop'],
      ['east', 'bank'],
      ['west', 'shop'],
    ] as const)
      files.put(cluster, SERVICES, service('a', {}, namespace));
    files.put('east', typeOf('pods'), { metadata: { name: 'a', namespace: 'shop' } });
    files.commit();
    runToEnd(files.replace('east', SERVICES, 'shop', [service('b')]));
    const { upserts, deletes } = files.commit() ?? {};
    assert.deepEqual(upserts?.map(brief), ['Service shop/b of east']);
    assert.deepEqual(deletes, [{ kind: 'Service', namespace: 'shop', name: 'a', cluster: 'east' }]);
    runToEnd(files.replace('east', SERVICES, undefined, []));
    assert.deepEqual(
      files.commit()?.deletes.map(({ namespace, name }) => `${namespace}/${name}`),
      ['bank/a', 'shop/b'],
    );
  });

  it('keep their last valid content, with a finding that names them as kubectl does', () => {
    const files = new KubernetesObjects(DEFAULT_READ_LIMITS);
    const policies = typeOf('failoverpolicies', 'resilience.policy.gloo.solo.io');
    files.put('east', policies, { metadata: { name: 'p', namespace: 'shop' }, spec: {} } as KubeObject);
    files.commit();
    files.put('east', policies, { metadata: { name: 'p', namespace: 'shop', labels: 5 } } as unknown as KubeObject);
    const { deletes, findings } = files.commit() ?? {};
    assert.deepEqual(deletes, []);
    assert.equal(findings?.[0]?.file, 'kubernetes/east/failoverpolicies.resilience.policy.gloo.solo.io/shop/p');
  });
});

describe('limits of objects', () => {
  it('are those that are set', () => {
    const codes = (depth: number): readonly string[] | undefined => {
      const files = new KubernetesObjects({ ...DEFAULT_READ_LIMITS, depth });
      files.put('east', SERVICES, service('a', { annotations: { 'a/b': 'c' } }));
      return files.commit()?.findings.map(({ code }) => code);
    };
    assert.deepEqual([codes(2), codes(20)], [['DocumentTooDeep'], []]);
  });
});

describe('the watched kinds', () => {
  it('prefer their newest version, and are in every group that has them', () => {
    const groups = WATCHED_KINDS.filter(({ kind }) => kind === 'VirtualDestination');
    assert.deepEqual(
      groups.map(({ group, versions }) => [group, ...versions]),
      [
        ['networking.enterprise.mesh.gloo.solo.io', 'v1beta1', 'v1alpha1'],
        ['networking.gloo.solo.io', 'v2'],
      ],
    );
  });
});
