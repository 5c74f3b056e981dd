/** The demo on two Kubernetes API servers: Services and endpoints in both, the guide's resources in that of mgmt-cluster. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ApiServer } from '../../support/kubernetes/api-server.js';
import { kubeconfigOf } from '../../support/kubernetes/kubeconfig.js';
import { addAddress } from '../../support/kubernetes/routable-address.js';
import { ControlPlane, type ResourceStatus } from '../../support/processes/control-plane.js';
import { eventually } from '../../support/processes/eventually.js';
import { lifeboat } from '../../support/processes/lifeboat.js';
import { startApplications } from '../applications.js';
import { type Layout, findLayout } from '../layout.js';
import { exampleFiles } from '../resources.js';
import { type ShownResource, type Source, type Stage, raiseStage, scratchDirectory } from '../stage.js';
import { objectsOf } from './cluster-objects.js';

const CLUSTERS = ['mgmt-cluster', 'remote-cluster'] as const;
/**
 * The guide's resources, in the order in which they are applied. The others of the example describe what Lifeboat discovers here. In the guide,
 * outlier detection has `acceptanceOrder: 1`, so the other TrafficPolicy must not be younger.
 */
const GUIDE_FILES = [
  'meshes.yaml',
  'reviews-shift-failover.yaml',
  'mgmt-reviews-outlier.yaml',
  'reviews-failover.yaml',
];
/** The API groups of the guide. */
const GROUPS = ['networking.smh.solo.io', 'discovery.smh.solo.io'];
const GUIDE_NAMESPACE = 'service-mesh-hub';

export async function raiseKubernetesStage(): Promise<Stage> {
  const layout = await findLayout();
  const scratch = scratchDirectory();
  const source = new TwoClusters(await exampleFiles(layout));
  try {
    return await raise(layout, scratch, source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function raise(layout: Layout, scratch: string, source: TwoClusters): Promise<Stage> {
  for (const [index, name] of CLUSTERS.entries()) {
    const directory = join(scratch, name);
    await mkdir(directory);
    await source.start({ address: layout.at(`0.${String(index + 2)}`), directory, name });
  }
  const at = (host: string): string => layout.at(host).replace(/^127\./, '10.');
  for (const host of ['1.1', '1.2', '1.4', '2.1', '2.4']) await source.addAddress(at(host));
  const applications = await startApplications(layout, at);
  const objects = objectsOf(applications);
  for (const server of source.servers) await server.apply(objects[server.name as (typeof CLUSTERS)[number]]);
  await source.install();
  const kubeconfig = await kubeconfigOf(
    scratch,
    source.servers.map((server) => ({ server })),
  );
  const plane = await ControlPlane.start(
    {
      ...{ directory: join(scratch, 'nothing'), address: layout.at('0.1'), ports: layout.ports, readsFiles: false },
      flags: [`--kubeconfig=${kubeconfig}`, '--kubernetes', ...CLUSTERS.map((name) => `${name}=${name}`)],
    },
    {},
  );
  return raiseStage(layout, { plane, source, applications, scratch });
}

/** Two API servers. The first one is that of the management cluster. */
class TwoClusters implements Source {
  readonly servers: ApiServer[] = [];
  readonly #files: ReadonlyMap<string, string>;
  readonly #addresses: (() => Promise<unknown>)[] = [];

  constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
  }

  get #management(): ApiServer {
    const [server] = this.servers;
    if (server === undefined) throw new Error('no API server runs');
    return server;
  }

  async start(options: Parameters<typeof ApiServer.start>[0]): Promise<void> {
    this.servers.push(await ApiServer.start(options));
  }

  /** An address for an application. */
  async addAddress(address: string): Promise<void> {
    this.#addresses.push(await addAddress(address));
  }

  /** Applies the definitions and the guide's resources. */
  async install(): Promise<void> {
    const server = this.#management;
    const { stdout } = await lifeboat('crds', ...GROUPS);
    await server.kubectl(['apply', '--server-side', '-f', '-'], stdout);
    await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crds', '--all']);
    await server.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: GUIDE_NAMESPACE } }]);
    for (const name of GUIDE_FILES) await this.apply(name);
  }

  async apply(name: string): Promise<void> {
    await this.#management.kubectl(['apply', '-f', '-'], this.#files.get(name) ?? '');
  }

  /** Waits until it is written. */
  async statusOf(resource: string): Promise<ShownResource> {
    const command = ['get', resource, '-n', GUIDE_NAMESPACE, '-o', 'yaml'];
    const status = await eventually(async () => {
      const text = await this.#management.kubectl(command);
      return (parse(text) as { readonly status?: ResourceStatus }).status;
    });
    return { command: `kubectl ${command.join(' ')}`, status };
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    for (const remove of this.#addresses) await remove();
  }
}
