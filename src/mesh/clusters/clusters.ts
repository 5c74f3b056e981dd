/** The contents of Envoy's clusters: one cluster for each port of each destination, and one for each port of each failover destination. */
import type { Graph, PlainKey, Read, Table } from '../../graph/index.js';
import {
  type ClusterKey,
  destinationCluster,
  failoverCluster,
  memberCluster,
  parseCluster,
  parseMemberName,
} from '../model/cluster-key.js';
import type { FailoverKey } from '../model/failover-key.js';
import type { Destination, FailoverDestination } from '../model/model.js';
import type { DestinationKey } from '../model/object-key.js';
import { destinationClusterName, failoverClusterName, parseClusterName } from './cluster-name.js';
import { type ClusterContext, hasHostnames, settingsOf } from './cluster-settings.js';
import { chosen, ofFailover } from './failover-cluster.js';
import { type RankingTables, declareRankings } from './ranking.js';
import type { EndpointCluster, UpstreamCluster } from './upstream-cluster.js';

export interface ClusterTables extends RankingTables {
  readonly clusters: Table<ClusterKey, UpstreamCluster>;
  /** The key of the cluster with this name. */
  readonly byName: (read: Read, name: string) => ClusterKey | undefined;
}

export function declareClusters(graph: Graph, context: ClusterContext): ClusterTables {
  const { destinations, failovers } = context;
  const destinationsByName = graph.index<DestinationKey, Destination, PlainKey>(
    'destinationsByClusterName',
    destinations.destinations,
    (destination) => destination.ports.map(({ number }) => destinationClusterName(destination, number)),
  );
  const failoversByName = graph.index<FailoverKey, FailoverDestination, PlainKey>(
    'failoversByClusterName',
    failovers.failovers,
    (failover) => failover.ports.map(({ number }) => failoverClusterName(failover, number)),
  );
  const clusters = graph.derive<ClusterKey, UpstreamCluster>('clusters', (read, key) => {
    const [kind, of, port, subset, member] = parseCluster(key);
    const part = { port: Number(port), subset, member };
    return kind === 'failover' ? ofFailover(read, of, part, context) : ofDestination(read, of, part, context);
  });
  const byName = (read: Read, name: string): ClusterKey | undefined => {
    const parsed = parseClusterName(name);
    if (parsed === undefined) return undefined;
    const { whole, port, subset, member } = parsed;
    const [failover] = read(failoversByName, whole) ?? [];
    if (failover !== undefined) return clusterOfFailover(failover, port, subset, member);
    const [destination] = read(destinationsByName, whole) ?? [];
    return destination === undefined || member !== '' ? undefined : destinationCluster(destination, port, subset);
  };
  return { clusters, byName, ...declareRankings(graph, clusters, destinations) };
}

function clusterOfFailover(
  failover: FailoverKey,
  port: number,
  subset: string,
  member: string,
): ClusterKey | undefined {
  const whole = failoverCluster(failover, port, subset);
  if (member === '') return whole;
  const parsed = parseMemberName(member);
  return parsed && memberCluster(whole, parsed.member, parsed.run);
}

/** A port, and a subset in the format of `formatSubset`. */
interface Part {
  readonly port: number;
  readonly subset: string;
}

function ofDestination(
  read: Read,
  key: DestinationKey,
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
