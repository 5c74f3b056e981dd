/** The clusters that a TrafficPolicy shifts traffic to. */
import type { TrafficPolicySpec_Policy as Policy, WeightedDestination } from '../../../generated/resources.js';
import type { Read, Table } from '../../../graph/index.js';
import type { DestinationTables } from '../../discovery/destinations.js';
import { namedService } from '../../discovery/services/service-ref.js';
import { formatSubset } from '../../discovery/services/subset.js';
import { type ClusterKey, destinationCluster, failoverCluster } from '../../model/cluster-key.js';
import { type FailoverKey, failoverKey } from '../../model/failover-key.js';

export interface ShiftTargetTables {
  readonly destinations: DestinationTables;
  readonly failovers: Table<FailoverKey, { readonly ports: readonly { readonly number: number }[] }>;
}

/**
 * The key of the cluster for requests to the port `wanted`; `undefined` if there is no such cluster. Without a port in the policy, it
 * is the port with the same number, or else the only port.
 */
export function shiftTarget(
  read: Read,
  share: WeightedDestination,
  wanted: number,
  tables: ShiftTargetTables,
): ClusterKey | undefined {
  const { kubeService, failoverService, virtualDestination } = share;
  if (kubeService) return serviceTarget(read, kubeService, wanted, tables);
  const failover = sharedFailover(share);
  if (failover === undefined) return undefined;
  const ports = (read(tables.failovers, failover)?.ports ?? []).map(({ number }) => number);
  const port = choosePort(ports, virtualDestination?.port, wanted);
  const { subset = {} } = failoverService ?? virtualDestination ?? {};
  return port === undefined ? undefined : failoverCluster(failover, port, formatSubset(subset));
}

/** The failover destination that a share of the traffic goes to. */
export function sharedFailover({ failoverService, virtualDestination }: WeightedDestination): FailoverKey | undefined {
  const kind = failoverService ? 'FailoverService' : 'VirtualDestination';
  const ref = failoverService ?? virtualDestination;
  return ref && failoverKey({ kind, namespace: ref.namespace ?? '', name: ref.name ?? '' });
}

export function mirrorTarget(
  read: Read,
  { kubeService, port }: NonNullable<Policy['mirror']>,
  wanted: number,
  tables: ShiftTargetTables,
): ClusterKey | undefined {
  return kubeService && serviceTarget(read, { ...kubeService, ...(port !== undefined && { port }) }, wanted, tables);
}

type KubeDestination = NonNullable<WeightedDestination['kubeService']>;

function serviceTarget(
  read: Read,
  service: KubeDestination,
  wanted: number,
  { destinations }: ShiftTargetTables,
): ClusterKey | undefined {
  const [key] = read(destinations.byService, namedService(service)) ?? [];
  if (key === undefined) return undefined;
  const ports = (read(destinations.destinations, key)?.ports ?? []).map(({ number }) => number);
  const port = choosePort(ports, service.port, wanted);
  return port === undefined ? undefined : destinationCluster(key, port, formatSubset(service.subset ?? {}));
}

/** Protobuf cannot tell port 0 from an absent port. */
export function choosePort(ports: readonly number[], given: number | undefined, wanted: number): number | undefined {
  if (given !== undefined && given !== 0) return ports.includes(given) ? given : undefined;
  return ports.includes(wanted) ? wanted : ports.length === 1 ? ports[0] : undefined;
}
