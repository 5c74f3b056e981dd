/** A kubeconfig for `lifeboat serve`, with the permissions that docs/kubernetes.md has. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiServer } from './api-server.js';

/** What has an API server. */
export interface Served {
  readonly server: ApiServer;
}

const PAGE = new URL('../../../../docs/kubernetes.md', import.meta.url);

/** The ClusterRole and the Role in docs/kubernetes.md. */
export async function documentedRoles(): Promise<string> {
  const role = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(await readFile(PAGE, 'utf8'))?.[1];
  if (role === undefined) throw new Error('docs/kubernetes.md has no ClusterRole');
  return role;
}

/** Replaces the permissions of the account that `kubeconfigOf` has. */
export async function grant({ server }: Served, roles: string): Promise<void> {
  await server.kubectl(['apply', '--server-side', '-f', '-'], roles);
}

/** A kubeconfig with the permissions that docs/kubernetes.md says, and no others. */
async function readerOf(site: Served): Promise<Kubeconfig> {
  const { server } = site;
  const namespace = 'lifeboat';
  await server.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await grant(site, await documentedRoles());
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

/** Writes a kubeconfig with the contexts of all sites, for `lifeboat serve`, into this directory. Returns its path. */
export async function kubeconfigOf(directory: string, sites: readonly Served[]): Promise<string> {
  const configs = await Promise.all(sites.map(readerOf));
  const file = join(directory, 'kubeconfig');
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
