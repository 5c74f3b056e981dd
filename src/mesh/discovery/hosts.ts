/** The names under which a client reaches a service. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
import { globalHostname } from '../clusters/clusters.js';
import type { Destination } from '../model/model.js';

/** Where a client is, as far as names are concerned. */
export interface NameScope {
  readonly cluster: string;
  readonly namespace: string;
}

/** Short names work within the service's own cluster, the shortest within its namespace; the global one from everywhere. */
export function hostnamesOf(destination: Destination, client: NameScope): readonly string[] {
  const { service, hosts } = destination;
  if (service === undefined) return hosts;
  const { name, namespace, cluster } = service;
  const everywhere = [globalHostname(destination)];
  if (cluster !== client.cluster) return everywhere;
  const qualified = `${name}.${namespace}`;
  const local = [qualified, `${qualified}.svc`, `${qualified}.svc.cluster.local`];
  return [...new Set([...(namespace === client.namespace ? [name] : []), ...local, ...everywhere])];
}
