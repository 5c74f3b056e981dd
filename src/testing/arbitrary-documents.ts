/** Random worlds: documents of every kind that refer to each other, and clients in different localities. */
import fc from 'fast-check';
import type { RawResource } from '../api/resource.js';
import type { SnapshotQuery } from '../control-plane/api/api.js';

const clusters = ['east', 'west', 'south'] as const;
const names = ['reviews', 'ratings'] as const;
const API_VERSION = 'networking.mesh.gloo.solo.io/v1';

/** A document of any kind. */
export type ArbitraryDocument = Pick<RawResource, 'apiVersion' | 'kind'> & {
  readonly metadata: { readonly name: string };
  readonly spec: object;
};

const cluster = fc.constantFrom(...clusters);
const service = fc.record({ name: fc.constantFrom(...names), namespace: fc.constant('app'), clusterName: cluster });

/** An endpoint of a service. Its address is one of few, so that services have addresses in common. */
export const arbitraryEndpoint = fc.record({
  ipAddress: fc.integer({ min: 1, max: 6 }).map((last) => `10.0.0.${String(last)}`),
  health: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'DRAINING'),
  labels: fc.record({ version: fc.constantFrom('v1', 'v2') }),
  subLocality: fc.record({ zone: fc.constantFrom('a', 'b') }),
});

/** Mostly HTTP, with some protocols that can share its port and some that cannot. */
const protocol = fc.constantFrom('http', 'http', 'http', 'tls', 'https', 'tcp', 'mongo');
const port = fc.constantFrom(80, 80, 81);

const destination: fc.Arbitrary<ArbitraryDocument> = fc
  .tuple(
    service,
    fc.array(arbitraryEndpoint, { maxLength: 4 }),
    fc.constantFrom('r1', 'r2'),
    fc.boolean(),
    port,
    protocol,
  )
  .map(([ref, endpoints, region, inMesh, number, name]) => {
    const ports = [{ port: number, name }];
    const kubeService = { ref, ports, region, labels: { app: ref.name }, endpointSubsets: [{ ports, endpoints }] };
    return {
      apiVersion: 'discovery.mesh.gloo.solo.io/v1',
      kind: 'Destination',
      metadata: { name: `${ref.name}-${ref.clusterName}` },
      spec: { kubeService, ...(inMesh && { mesh: { name: ref.clusterName, namespace: 'default' } }) },
    };
  });

const outlierDetection = fc.record({ consecutiveErrors: fc.integer({ min: 1, max: 3 }) });

const policy: fc.Arbitrary<ArbitraryDocument> = fc
  .tuple(
    fc.constantFrom('p1', 'p2'),
    fc.array(service, { maxLength: 3 }),
    fc.option(outlierDetection),
    fc.option(fc.constantFrom('f1', 'f2')),
  )
  .map(([name, services, detection, target]) => ({
    apiVersion: API_VERSION,
    kind: 'TrafficPolicy',
    metadata: { name },
    spec: {
      destinationSelector: services.length > 0 ? [{ kubeServiceRefs: { services } }] : [],
      policy: {
        ...(detection && { outlierDetection: detection }),
        ...(target !== null && {
          trafficShift: { destinations: [{ failoverService: { name: target, namespace: 'default' } }] },
        }),
      },
    },
  }));

const failoverService: fc.Arbitrary<ArbitraryDocument> = fc
  .tuple(
    fc.constantFrom('f1', 'f2', 'f3'),
    fc.array(service, { maxLength: 3 }),
    fc.constantFrom('a.global', 'b.global'),
    fc.option(cluster),
    port,
    protocol,
  )
  .map(([name, services, hostname, mesh, number, spoken]) => ({
    apiVersion: 'networking.mesh.gloo.solo.io/v1alpha2',
    kind: 'FailoverService',
    metadata: { name },
    spec: {
      hostname,
      port: { number, protocol: spoken },
      meshes: mesh === null ? [] : [{ name: mesh, namespace: 'default' }],
      backingServices: services.map((kubeService) => ({ kubeService })),
    },
  }));

const virtualDestination: fc.Arbitrary<ArbitraryDocument> = fc.constantFrom(...names).map((name) => ({
  apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
  kind: 'VirtualDestination',
  metadata: { name, labels: { app: name } },
  spec: {
    hostname: `${name}.global`,
    port: { number: 80, protocol: 'http' },
    localized: { destinationSelectors: [{ kubeServiceMatcher: { labels: { app: name } } }] },
  },
}));

const config = fc.oneof(
  fc.constant({}),
  fc.constantFrom({ localityMappings: [{ from: { region: 'r1' }, to: [{ region: 'r2' }] }] }),
  fc.constantFrom({
    localityMappings: [
      {
        from: { region: 'r1' },
        to: [
          { region: 'r2', weight: 30 },
          { region: 'r1', weight: 70 },
        ],
      },
    ],
  }),
  fc.constantFrom({ priorityLabels: { labels: ['version=v1', 'topology.kubernetes.io/zone=a'] } }),
  fc.constantFrom({ priorityLabels: { labels: ['topology.kubernetes.io/region', 'version'] } }),
);

const failoverPolicy: fc.Arbitrary<ArbitraryDocument> = config.map((chosen) => ({
  apiVersion: 'resilience.policy.gloo.solo.io/v2',
  kind: 'FailoverPolicy',
  metadata: { name: 'order' },
  spec: { config: chosen },
}));

const mesh: fc.Arbitrary<ArbitraryDocument> = cluster.map((name) => ({
  apiVersion: 'discovery.mesh.gloo.solo.io/v1',
  kind: 'Mesh',
  metadata: { name },
  spec: { istio: { installation: { cluster: name } } },
}));

const virtualMesh: fc.Arbitrary<ArbitraryDocument> = fc.subarray([...clusters]).map((members) => ({
  apiVersion: API_VERSION,
  kind: 'VirtualMesh',
  metadata: { name: 'all' },
  spec: { meshes: members.map((name) => ({ name, namespace: 'default' })) },
}));

export const arbitraryDocument: fc.Arbitrary<ArbitraryDocument> = fc.oneof(
  { weight: 6, arbitrary: destination },
  { weight: 3, arbitrary: policy },
  { weight: 3, arbitrary: failoverService },
  { weight: 2, arbitrary: virtualDestination },
  { weight: 2, arbitrary: failoverPolicy },
  mesh,
  virtualMesh,
);

/** In different clusters, localities, namespaces and roles. */
export const clients: readonly SnapshotQuery[] = [
  {
    nodeId: 'east',
    cluster: 'east',
    region: 'r1',
    zone: 'a',
    labels: { version: 'v1' },
    metadata: { NAMESPACE: 'app' },
  },
  { nodeId: 'west', cluster: 'west', region: 'r2', zone: 'b', metadata: { NAMESPACE: 'elsewhere' } },
  { nodeId: 'gateway', cluster: 'south', metadata: { ROLE: 'gateway' } },
  {
    nodeId: 'grpc',
    cluster: 'west',
    region: 'r1',
    metadata: { NAMESPACE: 'app' },
    targets: [
      'a.global:80',
      'a.global',
      'b.global:81',
      'reviews.global:80',
      'reviews:80',
      'ratings.app:81',
      'reviews.app.svc.east.global:80',
    ],
  },
  { nodeId: 'redirect', cluster: 'east', metadata: { INTERCEPTION: 'REDIRECT' } },
];

/** The document as a source reads it. `count`: its position in the order of all documents. */
export function toRaw({ apiVersion: version, kind, metadata, spec }: ArbitraryDocument, count: number): RawResource {
  const meta = { namespace: 'default', labels: {}, annotations: {}, ...metadata };
  const locate = (): { file: string; line: number; column: number } => ({ file: 'test', line: 1, column: 1 });
  const whole = { apiVersion: version, kind, metadata: meta, spec };
  return { apiVersion: version, kind, metadata: meta, document: whole, generation: count, arrival: count, locate };
}
