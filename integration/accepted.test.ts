/**
 * Whatever the resources, a real Envoy takes what is generated of them, listeners, routes and clusters alike.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { lifeboat } from './support/processes/lifeboat.js';
import type { ResourceObject } from './support/processes/control-plane.js';
import { type PrintedSnapshot, validate } from './support/envoys/validated-snapshot.js';
import { APP_NAMESPACE, SYSTEM_NAMESPACE, destination, serviceRef } from './support/services/resources.js';

const protocol = fc.constantFrom('HTTP', 'HTTPS', 'GRPC', 'HTTP2', 'MONGO', 'TCP', 'TLS');
const port = fc.constantFrom(80, 443, 9000);
const cluster = fc.constantFrom('east', 'west');
const service = fc.constantFrom('web', 'db', 'api');

const services = fc
  .record({ cluster, service, port, protocol, endpoints: fc.integer({ min: 0, max: 5 }) })
  .map((options) => destinationOf({ ...options, portName: options.protocol.toLowerCase() }));

const external = fc
  .record({
    port,
    protocol,
    hosts: fc.subarray(['a.example.com', 'A.Example.com', '*.example.com', '*', 'Web.failover.global'], {
      minLength: 1,
    }),
  })
  .map(({ port: number, hosts, protocol: spoken }) => ({
    ...discovery('outside'),
    spec: {
      externalService: { name: 'outside', hosts, ports: [{ number, name: spoken.toLowerCase(), protocol: spoken }] },
    },
  }));

const failover = fc
  .record({ name: fc.constantFrom('f1', 'f2', 'f3', 'web'), of: service, port, protocol })
  .map(({ name, of, port: number, protocol: spoken }) => ({
    ...networking('FailoverService', name),
    spec: {
      hostname: `${name}.failover.global`,
      port: { number, protocol: spoken },
      backingServices: ['east', 'west'].map((clusterName) => ({ kubeService: serviceRef(clusterName, of) })),
    },
  }));

const policy = fc
  .record({
    of: service,
    clusters: fc.subarray(['east', 'west'], { minLength: 1 }),
    consecutiveErrors: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ of, clusters, consecutiveErrors }) => ({
    ...networking('TrafficPolicy', `${of}-outlier`),
    spec: {
      destinationSelector: [{ kubeServiceRefs: { services: clusters.map((each) => serviceRef(each, of)) } }],
      outlierDetection: { consecutiveErrors },
    },
  }));

const world = fc.record({
  services: fc.uniqueArray(services, { selector: ({ metadata }) => metadata.name, minLength: 2, maxLength: 6 }),
  external: fc.array(external, { maxLength: 1 }),
  policies: fc.uniqueArray(policy, { selector: ({ metadata }) => metadata.name, maxLength: 3 }),
  failovers: fc.uniqueArray(failover, { selector: ({ metadata }) => metadata.name, maxLength: 4 }),
});

const metadata = fc.constantFrom<readonly string[]>(
  [],
  ['ROLE=gateway'],
  ['INTERCEPTION=REDIRECT'],
  ['LISTEN_PORT_OFFSET=10000'],
  ['LISTEN_PORT_OFFSET=65100'],
);

const RUNS = 25;
/** What one of them takes at most, in milliseconds: two programs start. */
const RUN_MS = 12_000;

describe('the generated configuration', () => {
  it('is accepted by a real Envoy', async () => {
    await fc.assert(
      fc.asyncProperty(world, metadata, async (made, said) => {
        await check(Object.values(made).flat(), said);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }).timeout(RUNS * RUN_MS);
});

/** Asks Envoy about what a client gets that says this of itself. */
async function check(resources: readonly ResourceObject[], said: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-accepted-'));
  try {
    const config = join(directory, 'config.yaml');
    await writeFile(
      config,
      resources.map((resource) => stringify(resource, { aliasDuplicateObjects: false })).join('---\n'),
    );
    const more = [...said, `NAMESPACE=${APP_NAMESPACE}`].flatMap((each) => ['--metadata', each]);
    const { exitCode, stdout, stderr } = await lifeboat(
      'snapshot',
      '--node-id',
      'n',
      '--cluster',
      'east',
      '--config',
      config,
      '-o',
      'json',
      ...more,
    );
    if (exitCode !== 0) throw new Error(stderr);
    await validate(JSON.parse(stdout) as PrintedSnapshot);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface ServiceOptions {
  readonly cluster: string;
  readonly service: string;
  readonly port: number;
  readonly portName: string;
  readonly endpoints: number;
}

/** No Mesh, so that everybody sees it. */
function destinationOf({ endpoints, ...options }: ServiceOptions): ResourceObject {
  const addresses = Array.from({ length: endpoints }, (_, i) => ({ address: `10.0.0.${i + 1}` }));
  const made = destination({ ...options, endpoints: addresses });
  const { mesh: _mesh, ...spec } = made.spec as { readonly mesh: unknown };
  return { ...made, spec };
}

function discovery(name: string): Pick<ResourceObject, 'apiVersion' | 'kind' | 'metadata'> {
  return {
    apiVersion: 'discovery.smh.solo.io/v1alpha2',
    kind: 'Destination',
    metadata: { name, namespace: SYSTEM_NAMESPACE },
  };
}

function networking(kind: string, name: string): Pick<ResourceObject, 'apiVersion' | 'kind' | 'metadata'> {
  return { apiVersion: 'networking.smh.solo.io/v1alpha2', kind, metadata: { name, namespace: SYSTEM_NAMESPACE } };
}
