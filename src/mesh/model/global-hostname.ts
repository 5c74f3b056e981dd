/** How services are called across clusters, and so in the names of Envoy's clusters. */
import type { Destination } from './model.js';

/** The name by which a service is known from everywhere: `reviews.bookinfo.svc.mgmt-cluster.global`. */
export function globalHostname({ service, hosts, clusterHost, ref }: Destination): string {
  if (service === undefined) return clusterHost ?? hosts[0] ?? `${ref.name}.${ref.namespace}`;
  const suffix = service.cluster === '' ? 'cluster.local' : `${service.cluster}.global`;
  return `${service.name}.${service.namespace}.svc.${suffix}`;
}
