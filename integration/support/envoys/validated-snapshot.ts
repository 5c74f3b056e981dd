/**
 * Converts a snapshot to a static bootstrap, with routes and endpoints inline instead of RDS and EDS, so that Envoy can validate all of it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { envoyBinary } from '../../../envoy/binary.js';

const run = promisify(execFile);

type Json = Readonly<Record<string, unknown>>;

/** The output of `lifeboat snapshot -o json`. */
export interface PrintedSnapshot {
  readonly listeners: readonly Json[];
  readonly routes: readonly Json[];
  readonly clusters: readonly Json[];
  readonly endpoints: readonly Json[];
}

/** Runs Envoy's validation. Rejects with its messages about errors and deprecated fields. */
export async function validate(snapshot: PrintedSnapshot): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-validate-'));
  try {
    const file = join(directory, 'bootstrap.json');
    const text = JSON.stringify(toBootstrap(snapshot));
    if (text.includes(CERTIFICATES)) await makeCertificates(directory);
    await writeFile(file, text.replaceAll(CERTIFICATES, directory));
    const flags = ['--mode', 'validate', '--log-level', 'warning', '-c', file];
    const { stderr } = await run(await envoyBinary(), flags, { maxBuffer: MAX_WORDS }).catch((error: unknown) => {
      throw new Error(error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error), {
        cause: error,
      });
    });
    const deprecated = stderr.split('\n').filter((line) => /deprecated/i.test(line));
    if (deprecated.length > 0) throw new Error(deprecated.join('\n'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Maximum size of the messages, in bytes. */
const MAX_WORDS = 16 << 20;

function toBootstrap({ listeners, routes, clusters, endpoints }: PrintedSnapshot): object {
  const routesByName = new Map(routes.map((route) => [route['name'], route]));
  const endpointsByName = new Map(endpoints.map((assignment) => [assignment['clusterName'], assignment]));
  return {
    node: { id: 'validated', cluster: 'validated' },
    staticResources: {
      listeners: listeners.map((listener) => inlineRoutes(listener, routesByName)),
      clusters: clusters.map((cluster) => inlineEndpoints(cluster, endpointsByName)),
    },
  };
}

/** Replaces each reference to a route configuration by the route configuration. */
function inlineRoutes<Part>(part: Part, routes: ReadonlyMap<unknown, Json>): Part {
  if (Array.isArray(part)) return part.map((item: unknown) => inlineRoutes(item, routes)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const { rds, ...rest } = part as Json & { readonly rds?: { readonly routeConfigName: string } };
  const inlined = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, inlineRoutes(value, routes)]));
  return (
    rds ? { ...inlined, routeConfig: { ...routes.get(rds.routeConfigName), validateClusters: true } } : inlined
  ) as Part;
}

function inlineEndpoints({ edsClusterConfig, ...cluster }: Json, endpoints: ReadonlyMap<unknown, Json>): Json {
  if (edsClusterConfig === undefined) return cluster;
  return {
    ...cluster,
    type: 'STATIC',
    loadAssignment: endpoints.get(cluster['name']) ?? { clusterName: cluster['name'] },
  };
}

/** The directory in which Envoys look for certificates of the mesh. */
const CERTIFICATES = '/etc/certs';

async function makeCertificates(directory: string): Promise<void> {
  const [chain, key] = [join(directory, 'cert-chain.pem'), join(directory, 'key.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  await run('openssl', ['req', '-x509', ...newKey, '-subj', '/CN=test', '-days', '1', '-out', chain]);
  await run('cp', [chain, join(directory, 'root-cert.pem')]);
}
