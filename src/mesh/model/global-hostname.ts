/** The hostname of a service across clusters. Names of Envoy's clusters contain it. */
import type { Destination } from './model.js';

/** The unique name of a destination in all clusters: `reviews.bookinfo.svc.mgmt-cluster.global`. */
export function globalHostname({ service, hosts, clusterHost, ref }: Destination): string {
  if (service === undefined) return clusterHost ?? hosts[0] ?? `${ref.name}.${ref.namespace}`;
  const { name, namespace, cluster } = service;
  // `join` gives a flat string, which is smaller than a chain of concatenations.
  return [name, namespace, 'svc', ...(cluster === '' ? ['cluster', 'local'] : [cluster, 'global'])].join('.');
}
