/** The names of Envoy's clusters. */
import { parseSubset } from '../discovery/services/subset.js';
import { globalHostname } from '../model/global-hostname.js';
import type { Destination, FailoverDestination } from '../model/model.js';

/** `outbound|PORT|SUBSET|HOST`. This is Istio's format, so that existing dashboards keep working. */
export function destinationClusterName(destination: Destination, port: number, subset = ''): string {
  return clusterName(port, subset, globalHostname(destination));
}

/** The same format, followed by `|MEMBER` for a member of an aggregate. */
export function failoverClusterName(
  { clusterHost }: FailoverDestination,
  port: number,
  subset = '',
  member = '',
): string {
  const name = clusterName(port, subset, clusterHost);
  return member === '' ? name : `${name}|${member}`;
}

/** `join` gives a flat string. A chain of concatenations, which V8 keeps for a template, is twice as large. */
function clusterName(port: number, subset: string, host: string): string {
  return ['outbound', port, subset, host].join('|');
}

/** The parts of a cluster name. `undefined` for other names. */
export function parseClusterName(name: string): ClusterName | undefined {
  const [direction = '', port = '', subset = '', host = '', ...member] = name.split('|');
  if (parseSubset(subset) === undefined) return undefined;
  return { whole: `${direction}|${port}||${host}`, port: Number(port), subset, member: member.join('|') };
}

export interface ClusterName {
  /** The name without subset and member. */
  readonly whole: string;
  readonly port: number;
  readonly subset: string;
  readonly member: string;
}
