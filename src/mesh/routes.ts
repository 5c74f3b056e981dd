/** Where requests for a host go: to its own cluster, or where TrafficPolicies send them. */
import { parseDuration } from '../api/duration.js';
import { resourceKey } from '../api/resource.js';
import type {
  TrafficPolicySpec_Policy as Policy,
  WeightedDestination,
} from '../generated/resources.js';
import type { Graph, Read, Table } from '../graph/index.js';
import { type ClusterContext, type ClusterTables, destinationCluster, failoverCluster } from './clusters.js';
import { serviceKey } from './destinations.js';
import { splitKey } from './key.js';
import { unconditional } from './traffic-policies.js';

export interface RouteTarget {
  /** The cluster's key. */
  readonly cluster: string;
  /** A share of the sum of all targets' weights. */
  readonly weight: number;
}

/** What a policy says of retries. */
export interface Retries {
  /** 0 for none. */
  readonly attempts?: number;
  readonly perTryTimeoutMs?: number;
}

export interface Route {
  readonly targets: readonly RouteTarget[];
  /** How many tiers a retry may have to go through; 0 where no target is a failover destination. */
  readonly tiers: number;
  readonly retries: Retries;
  readonly requestTimeoutMs?: number;
}

/** By key of a cluster: the routes of the virtual host of that destination port or failover destination, first match first. */
export type RouteTable = Table<readonly Route[]>;

export function declareRoutes(graph: Graph, clusters: ClusterTables, context: ClusterContext): RouteTable {
  return graph.derive<readonly Route[]>('routes', (read, key) => {
    if (read(clusters.clusters, key) === undefined) return undefined;
    return [toRoute(read, key, policyOf(read, key, context), clusters, context)];
  });
}

/** A failover destination's own hostname has no TrafficPolicies: those of its services count for the services' names. */
function policyOf(read: Read, key: string, { policies }: ClusterContext): Policy {
  const [kind, destination] = splitKey(key);
  if (kind === 'failover') return {};
  return Object.assign({}, ...unconditional(read, policies, destination).map(({ fields }) => fields)) as Policy;
}

function toRoute(read: Read, key: string, policy: Policy, clusters: ClusterTables, context: ClusterContext): Route {
  const shifted = (policy.trafficShift?.destinations ?? []).flatMap((share) => toTarget(read, share, key, context));
  const offered = shifted.filter(({ cluster }) => read(clusters.clusters, cluster) !== undefined);
  const targets = offered.length > 0 ? offered : [{ cluster: key, weight: 100 }];
  const { attempts, perTryTimeout } = policy.retries ?? {};
  return {
    targets,
    tiers: Math.max(...targets.map(({ cluster }) => tiersOf(read, cluster, context))),
    retries: {
      ...(attempts !== undefined && { attempts }),
      ...(perTryTimeout !== undefined && { perTryTimeoutMs: parseDuration(perTryTimeout) }),
    },
    ...(policy.requestTimeout !== undefined && { requestTimeoutMs: parseDuration(policy.requestTimeout) }),
  };
}

function tiersOf(read: Read, cluster: string, { failovers }: ClusterContext): number {
  const [kind, failover] = splitKey(cluster);
  return kind === 'failover' ? (read(failovers.failovers, failover)?.backings.length ?? 0) : 0;
}

/** A lone target may leave out its weight and then gets everything. */
function toTarget(read: Read, share: WeightedDestination, from: string, context: ClusterContext): readonly RouteTarget[] {
  const weight = share.weight ?? 100;
  if (share.kubeService) {
    const [destination] = read(context.destinations.byService, serviceKey(share.kubeService)) ?? [];
    const port = share.kubeService.port ?? Number(splitKey(from)[2]);
    return destination === undefined ? [] : [{ cluster: destinationCluster(destination, port), weight }];
  }
  const kind = share.failoverService ? 'FailoverService' : 'VirtualDestination';
  const { name = '', namespace = '' } = share.failoverService ?? share.virtualDestination ?? {};
  return [{ cluster: failoverCluster(resourceKey({ kind, namespace, name })), weight }];
}
