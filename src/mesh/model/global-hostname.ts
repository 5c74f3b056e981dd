/** The hostname of a service across clusters. Names of Envoy's clusters contain it. */
import type { Destination } from './model.js';

/** The unique name of a destination in all clusters: `reviews.bookinfo.svc.mgmt-cluster.global`. */
export function globalHostname({ service, hosts, clusterHost, ref }: Destination): string {
  if (service === undefined) return clusterHost ?? hosts[0] ?? `${ref.name}.${ref.namespace}`;
  const suffix = service.cluster === '' ? 'cluster.local' : `${service.cluster}.global`;
  return `${service.name}.${service.namespace}.svc.${suffix}`;
}
