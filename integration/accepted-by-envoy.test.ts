/**
 * Envoy takes whatever Lifeboat makes: of every golden case, and of TrafficPolicies at random, mistakes included. One resource that
 * Envoy rejects would cost everybody who shares a port or a stream with it.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
// The generator is shared with the property test of the routes.
import { arbitraryTrafficPolicy } from '../src/testing/arbitrary-traffic-policy.js';
import { lifeboat } from './support/processes/lifeboat.js';
import { type PrintedSnapshot, validate } from './support/envoys/validated-snapshot.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GOLDEN = fileURLToPath(new URL('../../src/testdata/golden', import.meta.url));

interface ClientYaml {
  readonly cluster?: string;
  readonly locality?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A sidecar in each of the sites that the examples name, and a gateway. */
const exampleClients: readonly ClientYaml[] = [
  { cluster: 'east', locality: 'us-east/us-east-1', metadata: { NAMESPACE: 'shop' } },
  { cluster: 'west', locality: 'us-west/us-west-1', metadata: { NAMESPACE: 'shop' } },
  { cluster: 'oslo', locality: 'eu-north/eu-north-a', metadata: { NAMESPACE: 'store' } },
  { cluster: 'east', locality: 'us-east/us-east-1', metadata: { ROLE: 'gateway' } },
];

async function snapshot(
  config: string,
  { cluster, locality, labels = {}, metadata = {} }: ClientYaml,
): Promise<PrintedSnapshot> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { exitCode, stdout, stderr } = await lifeboat(
    ...['snapshot', '--node-id', 'test', '-o', 'json', '--config', config],
    ...(cluster === undefined ? [] : ['--cluster', cluster]),
    ...(locality === undefined ? [] : ['--locality', locality]),
    ...(pairs.length === 0 ? [] : ['--labels', pairs.join(',')]),
    ...Object.entries(metadata).flatMap(([name, value]) => ['--metadata', `${name}=${value}`]),
  );
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as PrintedSnapshot;
}

describe('Envoy accepts', () => {
  for (const name of readdirSync(GOLDEN).sort()) {
    it(`the resources of every client in the golden case ${name}`, async () => {
      const clients = parse(await readFile(join(GOLDEN, name, 'clients.yaml'), 'utf8')) as Readonly<
        Record<string, ClientYaml>
      >;
      for (const [client, query] of Object.entries(clients)) {
        await validate(await snapshot(join(GOLDEN, name, 'in.yaml'), query)).catch((error: unknown) => {
          throw new Error(`${client}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        });
      }
    });
  }

  for (const folder of ['docs/resources/examples', 'examples/three-sites']) {
    it(`the resources of the examples in ${folder}`, async () => {
      for (const client of exampleClients) await validate(await snapshot(join(ROOT, folder), client));
    });
  }

  it('the resources of random TrafficPolicies', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-random-'));
    try {
      const file = join(directory, 'random.yaml');
      const seed = Date.now();
      await writeFile(
        file,
        randomDocuments(seed)
          .map((document) => stringify(document, { aliasDuplicateObjects: false }))
          .join('---\n'),
      );
      const made = await snapshot(file, { cluster: 'east', labels: { version: 'v1' }, metadata: { NAMESPACE: 'app' } });
      await validate(made).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** A service for each policy, so that each shows in the routes. */
function randomDocuments(seed: number): readonly object[] {
  const services = Array.from({ length: 400 }, (_, i) => `svc-${i}`);
  const targets = { services: ['svc-0', 'svc-1'], failoverServices: ['over'], virtualDestinations: ['near'] };
  const policies = fc.sample(arbitraryTrafficPolicy(targets), { numRuns: services.length, seed });
  const metadata = (name: string): object => ({ name, namespace: 'failover' });
  const ref = (name: string): object => ({ name, namespace: 'app', clusterName: 'east' });
  return [
    ...services.map((name, i) => ({
      apiVersion: 'discovery.mesh.gloo.solo.io/v1',
      kind: 'Destination',
      metadata: metadata(name),
      spec: {
        kubeService: {
          ref: ref(name),
          ports: [{ port: 80, name: 'http' }],
          endpointSubsets: [
            {
              ports: [{ port: 80, name: 'http' }],
              endpoints: [{ ipAddress: `10.0.${i >> 8}.${i & 255}`, labels: { version: 'v1' } }],
            },
          ],
        },
      },
    })),
    ...policies.map((spec, i) => ({
      apiVersion: 'networking.mesh.gloo.solo.io/v1',
      kind: 'TrafficPolicy',
      metadata: metadata(`policy-${i}`),
      spec: { ...spec, destinationSelector: [{ kubeServiceRefs: { services: [ref(`svc-${i}`)] } }] },
    })),
    {
      apiVersion: 'networking.mesh.gloo.solo.io/v1',
      kind: 'TrafficPolicy',
      metadata: metadata('outliers'),
      spec: { policy: { outlierDetection: {} } },
    },
    {
      apiVersion: 'networking.mesh.gloo.solo.io/v1alpha2',
      kind: 'FailoverService',
      metadata: metadata('over'),
      spec: {
        hostname: 'over.global',
        port: { number: 80, protocol: 'http' },
        backingServices: [{ kubeService: ref('svc-2') }, { kubeService: ref('svc-3') }],
      },
    },
    {
      apiVersion: 'networking.enterprise.mesh.gloo.solo.io/v1beta1',
      kind: 'VirtualDestination',
      metadata: metadata('near'),
      spec: {
        hostname: 'near.global',
        port: { number: 80, protocol: 'HTTP' },
        localized: { destinationSelectors: [{ kubeServiceRefs: { services: [ref('svc-4')] } }] },
      },
    },
  ];
}
