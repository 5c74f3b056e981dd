/** The places that TrafficPolicies send traffic to: which cluster each is. */
import { destinationCluster, failoverCluster } from '../clusters/cluster-key.js';
import { resourceKey } from '../../api/resource.js';
import type { TrafficPolicySpec_Policy as Policy, WeightedDestination } from '../../generated/resources.js';
import type { Read, Table } from '../../graph/index.js';
import { type DestinationTables, serviceKey } from '../discovery/destinations.js';
import { formatSubset } from '../discovery/subset.js';

export interface TargetTables {
  readonly destinations: DestinationTables;
  /** By `resourceKey`. */
  readonly failovers: Table<string, { readonly ports: readonly { readonly number: number }[] }>;
}

/**
 * The key of the cluster, for requests to port `wanted`; `undefined` where there is none.
 * Without a port it is the one with the same number, else the only one.
 */
export function shiftTarget(
  read: Read,
  share: WeightedDestination,
  wanted: number,
  tables: TargetTables,
): string | undefined {
  const { kubeService, failoverService, virtualDestination } = share;
  if (kubeService) return serviceTarget(read, kubeService, wanted, tables);
  const failover = failoverKey(share);
  if (failover === undefined) return undefined;
  const ports = (read(tables.failovers, failover)?.ports ?? []).map(({ number }) => number);
  const port = choosePort(ports, virtualDestination?.port, wanted);
  const { subset = {} } = failoverService ?? virtualDestination ?? {};
  return port === undefined ? undefined : failoverCluster(failover, port, formatSubset(subset));
}

/** The `resourceKey` of the failover destination that is named. */
export function failoverKey({ failoverService, virtualDestination }: WeightedDestination): string | undefined {
  const kind = failoverService ? 'FailoverService' : 'VirtualDestination';
  const ref = failoverService ?? virtualDestination;
  return ref && resourceKey({ kind, namespace: ref.namespace ?? '', name: ref.name ?? '' });
}

export function mirrorTarget(
  read: Read,
  { kubeService, port }: NonNullable<Policy['mirror']>,
  wanted: number,
  tables: TargetTables,
): string | undefined {
  return kubeService && serviceTarget(read, { ...kubeService, ...(port !== undefined && { port }) }, wanted, tables);
}

type KubeDestination = NonNullable<WeightedDestination['kubeService']>;

function serviceTarget(
  read: Read,
  service: KubeDestination,
  wanted: number,
  { destinations }: TargetTables,
): string | undefined {
  const [key] = read(destinations.byService, serviceKey(service)) ?? [];
  if (key === undefined) return undefined;
  const ports = (read(destinations.destinations, key)?.ports ?? []).map(({ number }) => number);
  const port = choosePort(ports, service.port, wanted);
  return port === undefined ? undefined : destinationCluster(key, port, formatSubset(service.subset ?? {}));
}

/** Protobuf cannot tell a port of 0 from none. */
export function choosePort(ports: readonly number[], given: number | undefined, wanted: number): number | undefined {
  if (given !== undefined && given !== 0) return ports.includes(given) ? given : undefined;
  return ports.includes(wanted) ? wanted : ports.length === 1 ? ports[0] : undefined;
}
