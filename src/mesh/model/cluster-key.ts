/** Keys of clusters: for a port of a destination or failover destination, a subset of its endpoints, or a member of an aggregate. */
import { type Key, partsCodec } from '../../graph/index.js';
import type { FailoverKey } from './failover-key.js';
import type { DestinationKey } from './object-key.js';
import type { TargetKey } from './target-key.js';

export type ClusterKey = Key<'cluster'>;

/** `subset` as `formatSubset` gives it, `member` as `memberName` gives it. Empty: none. */
type Parts<Kind extends string, Of extends TargetKey> = readonly [
  kind: Kind,
  of: Of,
  port: string,
  subset?: string,
  member?: string,
];

export type ClusterParts = Parts<'destination', DestinationKey> | Parts<'failover', FailoverKey>;

const CLUSTER = partsCodec<ClusterKey, ClusterParts>(5);

/** The key of the cluster of one port of a destination; `subset` as `formatSubset` gives it. */
export function destinationCluster(destination: DestinationKey, port: number, subset = ''): ClusterKey {
  return subset === ''
    ? CLUSTER.format('destination', destination, String(port))
    : CLUSTER.format('destination', destination, String(port), subset);
}

/** The key of the cluster of one port of a failover destination. */
export function failoverCluster(failover: FailoverKey, port: number, subset = ''): ClusterKey {
  return subset === ''
    ? CLUSTER.format('failover', failover, String(port))
    : CLUSTER.format('failover', failover, String(port), subset);
}

/** The key of a member of an aggregate. `run` counts from 1, because a member may occur again after other members. */
export function memberCluster(aggregate: ClusterKey, member: string, run: number): ClusterKey {
  const parts = CLUSTER.parse(aggregate);
  return CLUSTER.format(...([parts[0], parts[1], parts[2], parts[3], memberName(member, run)] as ClusterParts));
}

/** The inverse of the three functions. */
export function parseCluster(cluster: ClusterKey): Required<ClusterParts> {
  return CLUSTER.parse(cluster);
}

/** The destination or failover destination of the cluster. */
export function targetOfCluster(cluster: ClusterKey): TargetKey {
  return CLUSTER.parse(cluster)[1];
}

/** The destination of the cluster; `undefined` if it belongs to a failover destination. */
export function destinationOfCluster(cluster: ClusterKey): DestinationKey | undefined {
  const [kind, of] = CLUSTER.parse(cluster);
  return kind === 'destination' ? of : undefined;
}

export function isFailoverCluster(cluster: ClusterKey): boolean {
  return cluster.startsWith('failover');
}

/** The aggregate that the cluster is a member of; `undefined` for other clusters. Only failover destinations have aggregates. */
export function aggregateOf(cluster: ClusterKey): ClusterKey | undefined {
  const [kind, of, port, subset, member] = CLUSTER.parse(cluster);
  return kind === 'failover' && member !== '' ? failoverCluster(of, Number(port), subset) : undefined;
}

/** The last part of the name of a member's cluster. */
export function memberName(member: string, run: number): string {
  return run === 1 ? member : `${member}|${String(run)}`;
}

/** The inverse of `memberName`; `undefined` for a text that `memberName` never returns. */
export function parseMemberName(name: string): { readonly member: string; readonly run: number } | undefined {
  const [member = '', text = '1'] = name.split('|');
  const run = Number(text);
  return Number.isInteger(run) && run > 0 && memberName(member, run) === name ? { member, run } : undefined;
}
