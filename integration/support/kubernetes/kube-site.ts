/**
 * A Kubernetes cluster that runs `reviews`: an API server with a Node, a Service and an EndpointSlice, and the backends. An EndpointSlice cannot
 * have loopback addresses, so each backend has an address of 10.0.0.0/8 on the loopback interface.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand } from '../processes/debian-package.js';
import type { Backend } from '../services/backend.js';
import { APP_NAMESPACE } from '../services/resources.js';
import type { Story } from '../story.js';
import { ApiServer } from './api-server.js';
import { outputOf } from './programs.js';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

export class KubeSite {
  readonly name: string;
  readonly server: ApiServer;
  readonly backends: readonly Backend[];

  private constructor(server: ApiServer, backends: readonly Backend[]) {
    this.name = server.name;
    this.server = server;
    this.backends = backends;
  }

  /** Two backends, ready. */
  static async start(story: Story, name: string): Promise<KubeSite> {
    const server = await ApiServer.start({ address: story.address(), directory: await story.directory(name), name });
    story.atEnd(() => server.stop());
    const backends = await Promise.all([1, 2].map((index) => routableBackend(story, `${name}-${String(index)}`)));
    const site = new KubeSite(server, backends);
    await server.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: APP_NAMESPACE } },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', labels: { [REGION]: name, [ZONE]: `${name}-a` } } },
    ]);
    await server.apply([site.#service(), site.#slice(backends)]);
    return site;
  }

  get names(): readonly string[] {
    return this.backends.map((backend) => backend.name);
  }

  /** These backends are ready, the others are not. */
  async ready(backends: readonly Backend[]): Promise<void> {
    await this.server.apply([this.#slice(backends)]);
  }

  #service(): object {
    const port = this.backends[0]?.port;
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'reviews', namespace: APP_NAMESPACE, labels: { app: 'reviews' } },
      spec: { selector: { app: 'reviews' }, ports: [{ name: 'http', port, targetPort: port }] },
    };
  }

  #slice(ready: readonly Backend[]): object {
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'reviews-1',
        namespace: APP_NAMESPACE,
        labels: { 'kubernetes.io/service-name': 'reviews' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: this.backends[0]?.port, protocol: 'TCP' }],
      endpoints: this.backends.map((backend) => ({
        addresses: [backend.address],
        nodeName: 'node-1',
        conditions: { ready: ready.includes(backend) },
      })),
    };
  }
}

const PAGE = new URL('../../../../docs/kubernetes.md', import.meta.url);

/** The ClusterRole and the Role in docs/kubernetes.md. */
export async function documentedRoles(): Promise<string> {
  const role = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(await readFile(PAGE, 'utf8'))?.[1];
  if (role === undefined) throw new Error('docs/kubernetes.md has no ClusterRole');
  return role;
}

/** Changes the documented permissions before they are applied. */
export type EditRoles = (roles: string) => string;

/** A kubeconfig with the permissions that docs/kubernetes.md says, and no others. */
async function readerOf({ server }: KubeSite, edit: EditRoles): Promise<Kubeconfig> {
  const namespace = 'lifeboat';
  await server.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await server.kubectl(['apply', '--server-side', '-f', '-'], edit(await documentedRoles()));
  const subjects = [{ kind: 'ServiceAccount', name: 'lifeboat', namespace }];
  const rbac = 'rbac.authorization.k8s.io';
  await server.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'lifeboat', namespace } },
    {
      ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'lifeboat' } },
      ...{ roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'lifeboat' }, subjects },
    },
    {
      ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'lifeboat', namespace } },
      ...{ roleRef: { apiGroup: rbac, kind: 'Role', name: 'lifeboat' }, subjects },
    },
  ]);
  const token = (await server.kubectl(['create', 'token', 'lifeboat', `--namespace=${namespace}`])).trim();
  const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as Kubeconfig;
  return { ...config, users: config.users.map((user) => ({ ...user, user: { token } })) };
}

/** The path of a kubeconfig with the contexts of all sites, for `lifeboat serve`. */
export async function kubeconfigOf(
  story: Story,
  sites: readonly KubeSite[],
  edit: EditRoles = (roles) => roles,
): Promise<string> {
  const configs = await Promise.all(sites.map((site) => readerOf(site, edit)));
  const file = join(await story.directory('kubeconfig'), 'config');
  const merged: Kubeconfig = {
    ...{ apiVersion: 'v1', kind: 'Config' },
    clusters: configs.flatMap(({ clusters }) => clusters),
    users: configs.flatMap(({ users }) => users),
    contexts: configs.flatMap(({ contexts }) => contexts),
  };
  await writeFile(file, JSON.stringify(merged));
  return file;
}

interface Kubeconfig {
  readonly apiVersion: string;
  readonly kind: string;
  readonly clusters: readonly unknown[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
  readonly contexts: readonly unknown[];
}

async function routableBackend(story: Story, name: string): Promise<Backend> {
  await ensureCommand('ip', 'iproute2');
  const address = story.address().replace(/^127\./, '10.');
  await outputOf('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  story.atEnd(() => outputOf('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']));
  return story.backend(name, { address });
}
