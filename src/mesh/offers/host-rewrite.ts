/** Whether requests get the Host that their endpoint knows itself by. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import type { Read } from '../../graph/index.js';
import { isAskedByOwnName } from '../discovery/own-hostname.js';
import { splitKey } from '../model/key.js';

/**
 * Of endpoints that have no name of their own, the Host stays as it is.
 *
 * @param from key of the cluster that the client asks for
 * @param targets keys of the clusters that its requests go to
 */
export function rewritesHost(
  read: Read,
  from: string,
  targets: readonly string[],
  { destinations, failovers }: ClusterContext,
): boolean {
  return targets.some((cluster) => {
    const [kind, of, number] = splitKey(cluster);
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
