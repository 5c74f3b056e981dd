/** Installs resources with their definitions on a cluster. */
import type { ResourceObject } from '../processes/control-plane.js';
import { lifeboat } from '../processes/lifeboat.js';
import type { KubeSite } from './kube-site.js';

/** Installs the definitions and these resources. */
export async function install({ server }: KubeSite, resources: readonly ResourceObject[]): Promise<void> {
  const { stdout } = await lifeboat('crds');
  await server.kubectl(['apply', '--server-side', '-f', '-'], stdout);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crds', '--all']);
  const namespaces = [...new Set(resources.map(({ metadata }) => metadata.namespace))];
  await server.apply(namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  await server.apply(resources);
}
