/** The keys of clusters in the model, and the names that Envoys know them by. */
import { parseSubset } from '../discovery/subset.js';
import { globalHostname } from '../model/global-hostname.js';
import { joinKey, splitKey } from '../model/key.js';
import type { Destination, FailoverDestination } from '../model/model.js';

/** The key of the cluster of one port of a destination; `subset` as `formatSubset` gives it. */
export function destinationCluster(destination: string, port: number, subset = ''): string {
  return joinKey('destination', destination, String(port), ...(subset === '' ? [] : [subset]));
}

/** The key of the cluster of one port of a failover destination; `failover` is the `resourceKey`. */
export function failoverCluster(failover: string, port: number, subset = ''): string {
  return joinKey('failover', failover, String(port), ...(subset === '' ? [] : [subset]));
}

/** The key of a member of an aggregate. `run` counts from 1: services may come again after others. */
export function memberCluster(aggregate: string, member: string, run: number): string {
  const [kind, of, port, subset] = splitKey(aggregate);
  return joinKey(kind, of, port, subset, memberName(member, run));
}

/** The aggregate that a cluster is a member of, by their keys; `undefined` for what is none. */
export function aggregateOf(cluster: string): string | undefined {
  const [, of, port, subset, member] = splitKey(cluster);
  return member === '' ? undefined : failoverCluster(of, Number(port), subset);
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

/** `outbound|PORT|SUBSET|HOST`, as Istio names clusters, so that dashboards and habits carry over. */
export function destinationClusterName(destination: Destination, port: number, subset = ''): string {
  return `outbound|${port}|${subset}|${globalHostname(destination)}`;
}

/** The same; of a member of an aggregate with `|MEMBER` after it. */
export function failoverClusterName(
  { clusterHost }: FailoverDestination,
  port: number,
  subset = '',
  member = '',
): string {
  return `outbound|${port}|${subset}|${clusterHost}${member === '' ? '' : `|${member}`}`;
}

/** The parts of a cluster's name; `undefined` for what is none. */
export function parseClusterName(name: string): ClusterName | undefined {
  const [direction = '', port = '', subset = '', host = '', ...member] = name.split('|');
  if (parseSubset(subset) === undefined) return undefined;
  return { whole: `${direction}|${port}||${host}`, port: Number(port), subset, member: member.join('|') };
}

export interface ClusterName {
  /** The name of the cluster that is neither a subset nor a member. */
  readonly whole: string;
  readonly port: number;
  readonly subset: string;
  readonly member: string;
}
