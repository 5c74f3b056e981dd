/**
 * A snapshot as one static bootstrap, so that Envoy can be asked whether it takes all of it: what would come by RDS and EDS stands
 * in its place.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { envoyBinary } from '../../../envoy/binary.js';

const run = promisify(execFile);

type Json = Readonly<Record<string, unknown>>;

/** What `lifeboat snapshot -o json` prints. */
export interface PrintedSnapshot {
  readonly listeners: readonly Json[];
  readonly routes: readonly Json[];
  readonly clusters: readonly Json[];
  readonly endpoints: readonly Json[];
}

/** Asks Envoy. Rejects with its words for what it does not take, or takes only because it is not removed yet. */
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

/** Bytes of warnings. */
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

/** Wherever a part of a listener asks for a route configuration, it gets it. */
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

/** Where Envoys look for the certificates of their mesh. */
const CERTIFICATES = '/etc/certs';

async function makeCertificates(directory: string): Promise<void> {
  const [chain, key] = [join(directory, 'cert-chain.pem'), join(directory, 'key.pem')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  await run('openssl', ['req', '-x509', ...newKey, '-subj', '/CN=test', '-days', '1', '-out', chain]);
  await run('cp', [chain, join(directory, 'root-cert.pem')]);
}
