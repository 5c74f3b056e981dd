/** What Envoy's clusters are made of: one for each port of each destination, one for each port of each failover destination. */
import type { Graph, Read, Table } from '../../graph/index.js';
import { splitKey } from '../model/key.js';
import {
  destinationCluster,
  destinationClusterName,
  failoverClusterName,
  memberCluster,
  parseClusterName,
  parseMemberName,
  failoverCluster,
} from './cluster-key.js';
import { type ClusterContext, hasHostnames, settingsOf } from './cluster-settings.js';
import { chosen, ofFailover } from './failover-cluster.js';
import { type RankingTables, declareRankings } from './ranking.js';
import type { EndpointCluster, UpstreamCluster } from './upstream-cluster.js';

export interface ClusterTables extends RankingTables {
  /** By `destinationCluster`, `failoverCluster` or `memberCluster` key. */
  readonly clusters: Table<string, UpstreamCluster>;
  /** The key of the cluster of that name. */
  readonly byName: (read: Read, name: string) => string | undefined;
}

export function declareClusters(graph: Graph, context: ClusterContext): ClusterTables {
  const { destinations, failovers } = context;
  const destinationsByName = graph.index('destinationsByClusterName', destinations.destinations, (destination) =>
    destination.ports.map(({ number }) => destinationClusterName(destination, number)),
  );
  const failoversByName = graph.index('failoversByClusterName', failovers.failovers, (failover) =>
    failover.ports.map(({ number }) => failoverClusterName(failover, number)),
  );
  const clusters = graph.derive<string, UpstreamCluster>('clusters', (read, key) => {
    const [kind, of, port, subset, member] = splitKey(key);
    const part = { port: Number(port), subset, member };
    return kind === 'failover' ? ofFailover(read, of, part, context) : ofDestination(read, of, part, context);
  });
  const byName = (read: Read, name: string): string | undefined => {
    const parsed = parseClusterName(name);
    if (parsed === undefined) return undefined;
    const { whole, port, subset, member } = parsed;
    const [failover] = read(failoversByName, whole) ?? [];
    if (failover !== undefined) return failoverKey(failover, port, subset, member);
    const [destination] = read(destinationsByName, whole) ?? [];
    return destination === undefined || member !== '' ? undefined : destinationCluster(destination, port, subset);
  };
  return { clusters, byName, ...declareRankings(graph, clusters, destinations) };
}

function failoverKey(failover: string, port: number, subset: string, member: string): string | undefined {
  const whole = failoverCluster(failover, port, subset);
  if (member === '') return whole;
  const parsed = parseMemberName(member);
  return parsed && memberCluster(whole, parsed.member, parsed.run);
}

/** A port, and the subset as `formatSubset` gives it. */
interface Part {
  readonly port: number;
  readonly subset: string;
}

function ofDestination(
  read: Read,
  key: string,
  { port, subset }: Part,
  context: ClusterContext,
): EndpointCluster | undefined {
  const destination = read(context.destinations.destinations, key);
  if (destination === undefined) return undefined;
  const backing = { destination: key, port };
  return {
    type: hasHostnames(read, backing, context) ? 'STRICT_DNS' : 'EDS',
    name: destinationClusterName(destination, port, subset),
    backings: [[backing]],
    rule: { type: 'listed' },
    ...chosen(subset),
    ...settingsOf(read, backing, context),
  };
}
