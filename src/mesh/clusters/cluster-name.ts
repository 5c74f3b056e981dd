/** The names of Envoy's clusters. */
import { parseSubset } from '../discovery/services/subset.js';
import { globalHostname } from '../model/global-hostname.js';
import type { Destination, FailoverDestination } from '../model/model.js';

/** `outbound|PORT|SUBSET|HOST`, as Istio names clusters, so that existing dashboards keep working. */
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

/** The parts of a cluster's name; `undefined` if it is not such a name. */
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
