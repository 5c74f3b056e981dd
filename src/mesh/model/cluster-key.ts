/** Keys of clusters: of a port of a destination or failover destination, of a subset of its endpoints, of a member of an aggregate. */
import { type Key, partsCodec } from '../../graph/index.js';
import type { FailoverKey } from './failover-key.js';
import type { DestinationKey } from './object-key.js';
import type { TargetKey } from './target-key.js';

export type ClusterKey = Key<'cluster'>;

/** `subset` as `formatSubset` gives it, `member` as `memberName` does; empty for none. */
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

/** The key of a member of an aggregate. `run` counts from 1: services may come again after others. */
export function memberCluster(aggregate: ClusterKey, member: string, run: number): ClusterKey {
  const parts = CLUSTER.parse(aggregate);
  return CLUSTER.format(...([parts[0], parts[1], parts[2], parts[3], memberName(member, run)] as ClusterParts));
}

/** The inverse of the three. */
export function parseCluster(cluster: ClusterKey): Required<ClusterParts> {
  return CLUSTER.parse(cluster);
}

/** What the cluster is of. */
export function targetOfCluster(cluster: ClusterKey): TargetKey {
  return CLUSTER.parse(cluster)[1];
}

/** The destination that the cluster is of; `undefined` for that of a failover destination. */
export function destinationOfCluster(cluster: ClusterKey): DestinationKey | undefined {
  const [kind, of] = CLUSTER.parse(cluster);
  return kind === 'destination' ? of : undefined;
}

export function isFailoverCluster(cluster: ClusterKey): boolean {
  return cluster.startsWith('failover');
}

/** The aggregate that a cluster is a member of; `undefined` for what is none. Only failover destinations have aggregates. */
export function aggregateOf(cluster: ClusterKey): ClusterKey | undefined {
  const [kind, of, port, subset, member] = CLUSTER.parse(cluster);
  return kind === 'failover' && member !== '' ? failoverCluster(of, Number(port), subset) : undefined;
}

/** The last part of the name of a member's cluster. */
export function memberName(member: string, run: number): string {
  return run === 1 ? member : `${member}|${String(run)}`;
}

/** The inverse of `memberName`; `undefined` for what it never returns. */
export function parseMemberName(name: string): { readonly member: string; readonly run: number } | undefined {
  const [member = '', text = '1'] = name.split('|');
  const run = Number(text);
  return Number.isInteger(run) && run > 0 && memberName(member, run) === name ? { member, run } : undefined;
}
