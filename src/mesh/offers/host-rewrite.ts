/** Whether Envoy replaces the host header by the name of the endpoint. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import type { Read } from '../../graph/index.js';
import { isAskedByOwnName } from '../discovery/external/own-hostname.js';
import { type ClusterKey, parseCluster } from '../model/cluster-key.js';

/**
 * The host header stays unchanged if the endpoints have no names of their own.
 *
 * @param from the cluster that the client requests
 * @param targets the clusters that the route sends requests to
 */
export function rewritesHost(
  read: Read,
  from: ClusterKey,
  targets: readonly ClusterKey[],
  { destinations, failovers }: ClusterContext,
): boolean {
  return targets.some((cluster) => {
    const [kind, of, number] = parseCluster(cluster);
    const port =
      kind === 'failover'
        ? read(failovers.failovers, of)?.ports.find((candidate) => candidate.number === Number(number))
        : undefined;
    const services = kind === 'failover' ? (port?.backings ?? []).flat().map(({ destination }) => destination) : [of];
    return services.some((key) => {
      const destination = read(destinations.destinations, key);
      return destination !== undefined && isAskedByOwnName(destination, cluster === from && kind !== 'failover');
    });
  });
}
