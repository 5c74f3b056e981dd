import assert from 'node:assert/strict';
import {
  type World,
  createWorld,
  destination,
  failoverService,
  mesh,
  NAMESPACE,
  resource,
  trafficPolicy,
  virtualMesh,
} from '../../testing/world.js';
import { type GrpcTargetScope, grpcTargetKey } from './grpc-targets.js';
import { type MeshKey, NO_MESH } from '../model/object-key.js';

const client: GrpcTargetScope = { mesh: NO_MESH, role: 'sidecar', cluster: 'east', namespace: 'app' };

/** The name of the cluster that a target leads to; empty for nowhere. */
function lead({ graph, model }: World, name: string, scope: Partial<GrpcTargetScope> = {}): string {
  const cluster = graph.read(model.targets, grpcTargetKey({ ...client, ...scope }, name));
  return cluster === undefined ? '' : (graph.read(model.clusters.clusters, cluster)?.name ?? '');
}

const ports = [80, 81].map((port) => ({ port, name: `http-${String(port)}` }));
const services = ['one@east', 'one@west'];
const outliers = trafficPolicy('outliers', services, { outlierDetection: {} });

describe('a target', () => {
  const world = createWorld(
    destination('one', 'east'),
    destination('one', 'west'),
    destination('several', 'east', { ports }),
    destination('other', 'east', { ports: [{ port: 9090, name: 'grpc' }] }),
    destination('neither', 'east', { ports: ports.map(({ name }, i) => ({ port: 8000 + i, name })) }),
    destination('queue', 'east', { ports: [{ port: 5672, name: 'tcp' }] }),
    resource('Destination', 'outside', {
      externalService: { name: 'outside', hosts: ['API.example.com'], ports: [{ number: 443, name: 'tls' }] },
    }),
    outliers,
    failoverService('over', services),
  );
  const rows: readonly (readonly [target: string, cluster: string, scope?: Partial<GrpcTargetScope>])[] = [
    ['over.global:80', 'outbound|80||over.global'],
    ['over.global', 'outbound|80||over.global'],
    ['OVER.global:80', 'outbound|80||over.global'],
    ['over.global:81', ''],
    ['over.global:', ''],
    ['over.global:080', ''],
    ['over.global:http', ''],
    ['one', 'outbound|80||one.app.svc.east.global'],
    ['one:80', 'outbound|80||one.app.svc.east.global'],
    ['one:80', '', { namespace: 'elsewhere' }],
    ['one.app:80', 'outbound|80||one.app.svc.east.global', { namespace: 'elsewhere' }],
    ['one.app.svc:80', 'outbound|80||one.app.svc.east.global'],
    ['one.app.svc.cluster.local:80', 'outbound|80||one.app.svc.west.global', { cluster: 'west' }],
    ['one.app.svc.cluster.local:80', '', { cluster: 'south' }],
    ['one.app.svc.west.global:80', 'outbound|80||one.app.svc.west.global'],
    ['one.app.svc.north.global:80', ''],
    ['one.app.more:80', ''],
    ['one.other:80', ''],
    ['several', 'outbound|80||several.app.svc.east.global'],
    ['several:81', 'outbound|81||several.app.svc.east.global'],
    ['other', 'outbound|9090||other.app.svc.east.global'],
    ['neither', ''],
    ['neither:8001', 'outbound|8001||neither.app.svc.east.global'],
    ['queue', 'outbound|5672||queue.app.svc.east.global'],
    ['api.example.com', 'outbound|443||api.example.com'],
    ['Api.Example.com.:443', 'outbound|443||api.example.com'],
    ['over.global.:80', 'outbound|80||over.global'],
    ['one.:80', 'outbound|80||one.app.svc.east.global'],
    ['api.example.com:80', ''],
    ['over.global:80', 'outbound|80||over.global', { role: 'gateway' }],
    ['one:80', '', { role: 'gateway' }],
    ['nobody:80', ''],
    ['', ''],
    ['\u001e\u001f:80', ''],
  ];
  for (const [target, cluster, scope] of rows) {
    it(`${JSON.stringify(target)} leads to ${cluster || 'nobody'}${scope ? ` from ${JSON.stringify(scope)}` : ''}`, () => {
      assert.equal(lead(world, target, scope), cluster);
    });
  }

  it('prefers a failover destination over a service', () => {
    const both = createWorld(
      destination('one', 'east'),
      destination('one', 'west'),
      outliers,
      failoverService('taken', services, { hostname: 'one.app' }),
    );
    assert.equal(lead(both, 'one.app:80'), 'outbound|80||one.app');
    both.remove(failoverService('taken', services));
    assert.equal(lead(both, 'one.app:80'), 'outbound|80||one.app.svc.east.global');
  });

  it('exists only in the meshes that see it', () => {
    const meshes = ['east', 'west', 'south'];
    const seen = createWorld(
      ...meshes.map((name) => mesh(name, name)),
      virtualMesh('both', ['east', 'west']),
      destination('one', 'east', { mesh: 'east' }),
      destination('one', 'west', { mesh: 'west' }),
      outliers,
      failoverService('over', services, { meshes: [{ name: 'east', namespace: NAMESPACE }] }),
    );
    const from = (name: string): readonly string[] =>
      meshes.filter((of) => lead(seen, name, { mesh: `${of}.${NAMESPACE}` as MeshKey }) !== '');
    assert.deepEqual(from('over.global:80'), ['east']);
    assert.deepEqual(from('one.app.svc.west.global:80'), ['east', 'west']);
    assert.equal(lead(seen, 'one.app.svc.west.global:80'), '', 'a client of no mesh sees what is in no mesh');
  });
});
