/** What a long run of changes comes to is what a fresh start with the same resources gives, byte for byte. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { createDecode } from '../api/decode.js';
import type { RawResource } from '../api/resource.js';
import type { Batch } from '../source/index.js';
import { type Watcher, watch } from '../testing/watcher.js';
import { type Core, createCore } from './core.js';
import type { SnapshotQuery } from './api.js';

const decode = createDecode();
const clusters = ['east', 'west', 'south'] as const;
const names = ['reviews', 'ratings'] as const;
const apiVersion = 'networking.mesh.gloo.solo.io/v1';

type Document = Pick<RawResource, 'apiVersion' | 'kind'> & { readonly metadata: { readonly name: string }; readonly spec: object };

const cluster = fc.constantFrom(...clusters);
const service = fc.record({ name: fc.constantFrom(...names), namespace: fc.constant('app'), clusterName: cluster });

const endpoint = fc.record({
  ipAddress: fc.integer({ min: 1, max: 6 }).map((last) => `10.0.0.${String(last)}`),
  health: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'DRAINING'),
  labels: fc.record({ version: fc.constantFrom('v1', 'v2') }),
  subLocality: fc.record({ zone: fc.constantFrom('a', 'b') }),
});

/** HTTP mostly, and what shares a port with it or does not. */
const protocol = fc.constantFrom('http', 'http', 'http', 'tls', 'https', 'tcp', 'mongo');
const port = fc.constantFrom(80, 80, 81);

const destination: fc.Arbitrary<Document> = fc
  .tuple(service, fc.array(endpoint, { maxLength: 4 }), fc.constantFrom('r1', 'r2'), fc.boolean(), port, protocol)
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

const policy: fc.Arbitrary<Document> = fc
  .tuple(fc.constantFrom('p1', 'p2'), fc.array(service, { maxLength: 3 }), fc.option(outlierDetection), fc.option(fc.constantFrom('f1', 'f2')))
  .map(([name, services, detection, target]) => ({
    apiVersion,
    kind: 'TrafficPolicy',
    metadata: { name },
    spec: {
      destinationSelector: services.length > 0 ? [{ kubeServiceRefs: { services } }] : [],
      policy: {
        ...(detection && { outlierDetection: detection }),
        ...(target !== null && { trafficShift: { destinations: [{ failoverService: { name: target, namespace: 'default' } }] } }),
      },
    },
  }));

const failoverService: fc.Arbitrary<Document> = fc
  .tuple(fc.constantFrom('f1', 'f2', 'f3'), fc.array(service, { maxLength: 3 }), fc.constantFrom('a.global', 'b.global'), fc.option(cluster), port, protocol)
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

const virtualDestination: fc.Arbitrary<Document> = fc.constantFrom(...names).map((name) => ({
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
  fc.constantFrom({ localityMappings: [{ from: { region: 'r1' }, to: [{ region: 'r2', weight: 30 }, { region: 'r1', weight: 70 }] }] }),
  fc.constantFrom({ priorityLabels: { labels: ['version=v1', 'topology.kubernetes.io/zone=a'] } }),
  fc.constantFrom({ priorityLabels: { labels: ['topology.kubernetes.io/region', 'version'] } }),
);

const failoverPolicy: fc.Arbitrary<Document> = config.map((chosen) => ({
  apiVersion: 'resilience.policy.gloo.solo.io/v2',
  kind: 'FailoverPolicy',
  metadata: { name: 'order' },
  spec: { config: chosen },
}));

const mesh: fc.Arbitrary<Document> = cluster.map((name) => ({
  apiVersion: 'discovery.mesh.gloo.solo.io/v1',
  kind: 'Mesh',
  metadata: { name },
  spec: { istio: { installation: { cluster: name } } },
}));

const virtualMesh: fc.Arbitrary<Document> = fc.subarray([...clusters]).map((members) => ({
  apiVersion,
  kind: 'VirtualMesh',
  metadata: { name: 'all' },
  spec: { meshes: members.map((name) => ({ name, namespace: 'default' })) },
}));

const document = fc.oneof(
  { weight: 6, arbitrary: destination },
  { weight: 3, arbitrary: policy },
  { weight: 3, arbitrary: failoverService },
  { weight: 2, arbitrary: virtualDestination },
  { weight: 2, arbitrary: failoverPolicy },
  mesh,
  virtualMesh,
);

const change = fc.record({ document, remove: fc.boolean() });

const clients: readonly SnapshotQuery[] = [
  { nodeId: 'east', cluster: 'east', region: 'r1', zone: 'a', labels: { version: 'v1' }, metadata: { NAMESPACE: 'app' } },
  { nodeId: 'west', cluster: 'west', region: 'r2', zone: 'b', metadata: { NAMESPACE: 'elsewhere' } },
  { nodeId: 'gateway', cluster: 'south', metadata: { ROLE: 'gateway' } },
  { nodeId: 'redirect', cluster: 'east', metadata: { INTERCEPTION: 'REDIRECT' } },
];

describe('incremental computation', () => {
  it('comes to what a fresh start gives', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (changes) => {
        const long = createCore({ decode });
        let watchers = clients.map((client) => watch(long, client));
        const present = new Map<string, RawResource>();
        changes.forEach((step, i) => {
          apply(long, present, step, i);
          // A client's view may be another one now, as the server would find out at once.
          const moved = clients.map((client) => watch(long, client));
          for (const watcher of watchers) watcher.close();
          watchers = moved;
          assert.deepEqual(held(watchers), held(fresh(long, present)), stringify([...present.values()].map(({ document: of }) => of)));
        });
      }),
      { numRuns: 200 },
    );
  });
});

function apply(core: Core, present: Map<string, RawResource>, step: { document: Document; remove: boolean }, i: number): void {
  const raw = toRaw(step.document, i + 1);
  const key = `${raw.kind}/${raw.metadata.name}`;
  const before = present.get(key);
  if (step.remove && before !== undefined) {
    present.delete(key);
    const { kind, metadata } = before;
    core.take({ upserts: [], deletes: [{ kind, namespace: metadata.namespace, name: metadata.name }] });
    return;
  }
  const arrived = { ...raw, arrival: before?.arrival ?? raw.arrival };
  present.set(key, arrived);
  core.take({ upserts: [arrived], deletes: [] } satisfies Pick<Batch, 'upserts' | 'deletes'>);
}

function toRaw({ apiVersion: version, kind, metadata, spec }: Document, count: number): RawResource {
  const meta = { namespace: 'default', labels: {}, annotations: {}, ...metadata };
  const locate = (): { file: string; line: number; column: number } => ({ file: 'test', line: 1, column: 1 });
  const whole = { apiVersion: version, kind, metadata: meta, spec };
  return { apiVersion: version, kind, metadata: meta, document: whole, generation: count, arrival: count, locate };
}

/** History is an input too: the fresh start gets the versions that were valid last. */
function fresh(long: Core, present: ReadonlyMap<string, RawResource>): readonly Watcher[] {
  const core = createCore({ decode });
  copyHistory(long, core);
  core.take({ upserts: [...present.values()], deletes: [] });
  return clients.map((client) => watch(core, client));
}

function copyHistory(from: Core, to: Core): void {
  to.graph.commit((transaction) => {
    to.model.history.forEach((table, i) => {
      const source = from.model.history[i] ?? table;
      for (const key of from.graph.keys(source)) transaction.set(table, key, from.graph.read(source, key) ?? assert.fail());
    });
  });
}

function held(watchers: readonly Watcher[]): unknown {
  return watchers.map((watcher) => watcher.versions());
}
