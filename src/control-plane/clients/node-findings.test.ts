import assert from 'node:assert/strict';
import type { XdsNode } from '../../xds/index.js';
import { nodeFindings, type Surroundings } from './node-findings.js';

const surroundings: Surroundings = {
  places: {
    regions: new Set(['us-east-1', 'us-west-2']),
    zones: new Map([
      ['us-east-1', new Set(['us-east-1a', 'us-east-1b'])],
      ['', new Set(['rack-1'])],
    ]),
    clusters: new Set(['mgmt-cluster', 'tokyo']),
  },
  meshes: ['istiod.gloo-mesh', 'istiod-remote.gloo-mesh'],
  clusters: ['mgmt-cluster', 'remote-cluster'],
  labels: ['version', 'app.kubernetes.io/name'],
};
const good: XdsNode = {
  ...{ id: 'e1', cluster: 'mgmt-cluster', locality: { region: 'us-east-1', zone: 'us-east-1a', subZone: '' } },
  ...{ metadata: {}, userAgentName: 'envoy', userAgentVersion: '1.40.0', clientFeatures: [] },
};

function found(node: Partial<XdsNode>, around: Partial<Surroundings> = {}): readonly string[] {
  return nodeFindings({ ...good, ...node }, { ...surroundings, ...around }).map(
    ({ code, message }) => `${code} ${message}`,
  );
}

function at(region = '', zone = '', subZone = ''): readonly string[] {
  return found({ locality: { region, zone, subZone } });
}

describe('findings about a node', () => {
  it('are absent for a valid node', () => {
    assert.deepEqual(found({}), []);
    assert.deepEqual(at('us-east-1'), []);
    assert.deepEqual(at('', 'rack-1'), []);
    assert.deepEqual(at('', 'us-east-1b'), []);
    assert.deepEqual(at('us-west-2', 'any'), [], 'no endpoint there says its zone');
    assert.deepEqual(at('r9', 'rack-1'), [], 'a zone without a region matches by itself');
  });

  it('report a missing locality, and one without endpoints', () => {
    assert.match(at()[0] ?? '', /^NodeWithoutLocality The node has no locality, .* --locality REGION\/ZONE/);
    assert.deepEqual(at('us-eats-1', 'us-east-1a'), [
      'NodeLocalityNotFound No endpoint is in the region "us-eats-1". Did you mean "us-east-1"?',
    ]);
    assert.deepEqual(at('mars'), [
      'NodeLocalityNotFound No endpoint is in the region "mars". Available: us-east-1, us-west-2.',
    ]);
    assert.deepEqual(at('us-east-1', 'us-east-1z'), [
      'NodeLocalityNotFound No endpoint is in the zone "us-east-1z" of the region "us-east-1". Did you mean "us-east-1a"?',
    ]);
    assert.deepEqual(at('', 'rack-2'), [
      'NodeLocalityNotFound No endpoint is in the zone "rack-2". Did you mean "rack-1"?',
    ]);
  });

  it('report no locality if endpoints have none either', () => {
    assert.deepEqual(
      found(
        { locality: { region: '', zone: '', subZone: '' } },
        { places: { regions: new Set(), zones: new Map(), clusters: new Set() } },
      ),
      [],
    );
  });

  it('report a misspelt cluster without Mesh resources', () => {
    const inCluster = (cluster: string) => found({ cluster }, { meshes: [], clusters: [] });
    assert.deepEqual([inCluster('tokyo'), inCluster('osaka'), inCluster('')], [[], [], []]);
    assert.match(
      inCluster('tokio')[0] ?? '',
      /^NodeClusterNotFound No service is in the cluster "tokio" .* Did you mean "tokyo"\?$/,
    );
  });

  it('report a cluster without a mesh, and a mesh that does not exist', () => {
    const clusters = (cluster: string, metadata: XdsNode['metadata'] = {}, around: Partial<Surroundings> = {}) =>
      found({ cluster, metadata }, around);
    assert.match(
      clusters('mgmt-clutser')[0] ?? '',
      /^NodeClusterNotFound No Mesh is installed in the cluster "mgmt-clutser" .* Did you mean "mgmt-cluster"\?$/,
    );
    assert.match(
      clusters('')[0] ?? '',
      /^NodeClusterNotFound The node names no cluster, .* Available: mgmt-cluster, remote-cluster\.$/,
    );
    assert.match(clusters('mgmt-cluster', { CLUSTER_ID: 'other' })[0] ?? '', /the cluster "other"/);
    assert.match(
      clusters('', { MESH: 'istio.gloo-mesh' })[0] ?? '',
      /^NodeMeshNotFound There is no Mesh "istio\.gloo-mesh" .* Did you mean "istiod\.gloo-mesh"\?$/,
    );
    assert.deepEqual(clusters('', { MESH: 'istiod.gloo-mesh' }), []);
    assert.deepEqual(clusters('anything', {}, { meshes: [], clusters: [] }), []);
  });

  it('report invalid and misspelt metadata', () => {
    const metadata = (entries: XdsNode['metadata']) => found({ metadata: entries });
    assert.deepEqual(metadata({ ROLE: 'gatewy' }), [
      'InvalidNodeMetadata node.metadata.ROLE is "gatewy" and has no effect: it must be sidecar or gateway. Did you mean "gateway"?',
    ]);
    for (const wrong of [
      { XFF_NUM_TRUSTED_HOPS: -1 },
      { LABELS: 'app=a' },
      { LISTEN_ADDRESS: 'fe80::1%eth0' },
      { NAMESPACE: ['a'] },
    ]) {
      assert.match(
        metadata(wrong)[0] ?? '',
        new RegExp(`^InvalidNodeMetadata node\\.metadata\\.${Object.keys(wrong)[0] ?? ''} is `),
      );
    }
    assert.deepEqual(metadata({ LISTEN_ADRESS: '127.0.0.1' }), [
      'UnknownNodeMetadata node.metadata has the entry "LISTEN_ADRESS", which Lifeboat does not know. Did you mean "LISTEN_ADDRESS"?',
    ]);
    assert.deepEqual(metadata({ role: 'gateway' }), [
      'UnknownNodeMetadata node.metadata has the entry "role", which Lifeboat does not know. Did you mean "ROLE"?',
    ]);
  });

  it('ignore the metadata of other systems', () => {
    const istio = {
      ...{
        ISTIO_VERSION: '1.24.0',
        MESH_ID: 'cluster.local',
        NAME: 'a-1',
        OWNER: 'kubernetes://apis',
        INTERCEPTION_MODE: 'REDIRECT',
      },
      ...{
        PROXY_CONFIG: {},
        SERVICE_ACCOUNT: 'a',
        WORKLOAD_NAME: 'a',
        PILOT_SAN: ['x'],
        APP_CONTAINERS: 'a',
        NODE_NAME: 'n',
      },
      ...{ CLUSTER_ID: 'mgmt-cluster', CLUSTER: 'mine', __proto__: null },
    };
    assert.deepEqual(found({ metadata: istio }), []);
  });

  it('report a label that is similar to one in a rule', () => {
    const labels = (LABELS: Readonly<Record<string, string>>) => found({ metadata: { LABELS } });
    assert.deepEqual(labels({ verison: 'v1' }), [
      'NodeLabelNotAsked No rule and no selector uses the label "verison". Did you mean "version"?',
    ]);
    assert.deepEqual(labels({ version: 'v1', verison: 'v1', team: 'web' }), []);
  });
});
