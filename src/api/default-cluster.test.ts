import assert from 'node:assert/strict';
import { withCluster } from './default-cluster.js';

describe('withCluster', () => {
  const named: readonly (readonly [Parameters<typeof withCluster>[0], object, object])[] = [
    [
      'Service',
      { metadata: { name: 'a', annotations: { b: 'c' } } },
      { metadata: { name: 'a', annotations: { b: 'c', 'cluster.solo.io/cluster': 'east' } } },
    ],
    ['Node', { metadata: { annotations: null } }, { metadata: { annotations: { 'cluster.solo.io/cluster': 'east' } } }],
    [
      'Destination',
      { spec: { kubeService: { ref: { name: 'a', clusterName: '' } } } },
      { spec: { kubeService: { ref: { name: 'a', clusterName: 'east' } } } },
    ],
    [
      'Workload',
      { spec: { kubernetes: { controller: { name: 'a' } } } },
      { spec: { kubernetes: { controller: { name: 'a', clusterName: 'east' } } } },
    ],
    ['Mesh', { spec: { linkerd: {} } }, { spec: { linkerd: { installation: { cluster: 'east' } } } }],
  ];
  for (const [kind, document, expected] of named) {
    it(`sets the cluster of a ${kind}`, () => {
      const before = structuredClone(document);
      assert.deepEqual(withCluster(kind, document as Readonly<Record<string, unknown>>, 'east'), expected);
      assert.deepEqual(document, before);
    });
  }

  const left: readonly (readonly [string, Parameters<typeof withCluster>[0], object])[] = [
    ['a Pod that names its cluster', 'Pod', { metadata: { annotations: { 'cluster.solo.io/cluster': 'west' } } }],
    ['a Mesh that names its cluster', 'Mesh', { spec: { istio: { installation: { cluster: 'west' } } } }],
    ['a service outside of clusters', 'Destination', { spec: { externalService: { hosts: ['a'] } } }],
    ['a mesh in several clusters', 'Mesh', { spec: { awsAppMesh: { clusters: ['a'] } } }],
    ['annotations that are not a mapping', 'Pod', { metadata: { annotations: ['a'] } }],
    [
      'a kind that only refers to other objects',
      'FailoverService',
      { spec: { backingServices: [{ kubeService: { name: 'a' } }] } },
    ],
  ];
  for (const [title, kind, document] of left) {
    it(`does not change ${title}`, () =>
      assert.equal(withCluster(kind, document as Readonly<Record<string, unknown>>, 'east'), document));
  }
});
