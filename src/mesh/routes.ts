/** Where requests for a host go: to its own cluster, or where TrafficPolicies send them. */
import { resourceKey } from '../api/resource.js';
import type {
  TrafficPolicySpec_Policy as Policy,
  WeightedDestination,
} from '../generated/resources.js';
import type { Graph, Read, Table } from '../graph/index.js';
import { type ClusterContext, type ClusterTables, destinationCluster, failoverCluster } from './clusters.js';
import { serviceKey } from './destinations.js';
import { splitKey } from './key.js';
import { type RequestRules, toRequestRules } from './retry-timeout-policies.js';
import { unconditional } from './traffic-policies.js';

export interface RouteTarget {
  /** The cluster's key. */
  readonly cluster: string;
  /** A share of the sum of all targets' weights. */
  readonly weight: number;
}

export interface Route {
  readonly targets: readonly RouteTarget[];
  /** How many tiers a retry may have to go through; 0 where no target is a failover destination. */
  readonly tiers: number;
  readonly rules: RequestRules;
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
  return {
    targets,
    tiers: Math.max(...targets.map(({ cluster }) => tiersOf(read, cluster, clusters))),
    rules: { ...rulesOf(policy), ...ownRules(read, key, context) },
  };
}

function rulesOf({ retries, requestTimeout }: Policy): RequestRules {
  return toRequestRules({ config: { ...(retries && { retries }), ...(requestTimeout !== undefined && { requestTimeout }) } });
}

/** What a RetryTimeoutPolicy says about the hostnames of a failover destination. */
function ownRules(read: Read, key: string, { resilience }: ClusterContext): RequestRules {
  const [kind, failover] = splitKey(key);
  return kind === 'failover' ? (read(resilience.requestRules, failover) ?? {}) : {};
}

/** An aggregate has a tier for each of its clusters. */
function tiersOf(read: Read, cluster: string, clusters: ClusterTables): number {
  if (splitKey(cluster)[0] !== 'failover') return 0;
  const upstream = read(clusters.clusters, cluster);
  return upstream?.type === 'AGGREGATE' ? upstream.clusters.length : (read(clusters.tierCounts, cluster) ?? 0);
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
  const failover = resourceKey({ kind, namespace, name });
  const port = share.virtualDestination?.port ?? portOf(read, failover, Number(splitKey(from)[2]), context);
  return [{ cluster: failoverCluster(failover, port), weight }];
}

/** The port with the number that the request was for, else the only one. */
function portOf(read: Read, failover: string, wanted: number, { failovers }: ClusterContext): number {
  const ports = (read(failovers.failovers, failover)?.ports ?? []).map(({ number }) => number);
  return ports.includes(wanted) ? wanted : (ports[0] ?? wanted);
}
