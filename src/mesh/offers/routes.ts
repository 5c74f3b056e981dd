/** Where requests for a host go, and what happens to them on the way: to its own cluster, or as TrafficPolicies say. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import type { TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import { hasOwnNames } from '../discovery/hosts.js';
import {
  type HeaderChanges,
  type RequestActions,
  toHeaderChanges,
  toRequestActions,
} from '../policies/requests/request-actions.js';
import type { RequestMatcher } from '../policies/requests/request-matchers.js';
import { type RequestRules, toRequestRules } from '../policies/retry-timeout-policies.js';
import { rewritesHost } from './host-rewrite.js';
import { type RoutePolicy, mergeFields, orderPolicies, routePolicies } from './route-policies.js';
import { mirrorTarget, shiftTarget } from '../policies/requests/shift-targets.js';
import type { AcceptedPolicy } from '../policies/traffic-policies.js';
import { targetPortKey } from '../model/target-key.js';
import { type ClusterKey, parseCluster, targetOfCluster, isFailoverCluster } from '../model/cluster-key.js';
import { type RouteKey, parseRoute } from './route-key.js';
import { parseSourceScope } from '../policies/selection/source-selectors.js';

export interface RouteTarget {
  readonly cluster: ClusterKey;
  /** A share of the sum of all targets' weights. */
  readonly weight: number;
  readonly headers?: HeaderChanges;
}

/** Where copies of the requests go. */
export interface MirrorTarget {
  readonly cluster: ClusterKey;
  /** Of the requests, 0 to 100. */
  readonly percentage: number;
}

export interface Route extends RequestActions {
  /** Alternatives; empty for every request. */
  readonly matchers: readonly RequestMatcher[];
  readonly targets: readonly RouteTarget[];
  readonly mirror?: MirrorTarget;
  /** How many tiers a retry may have to go through; 0 where no target is a failover destination. */
  readonly tiers: number;
  readonly rules: RequestRules;
  /** Whether endpoints that have a name of their own are asked by it. */
  readonly rewriteHost?: true;
}

export interface RouteTables {
  /** The routes of the virtual host of a destination port or failover destination, first match first. */
  readonly routes: Table<RouteKey, readonly Route[]>;
  /** The clusters that the routes of a cluster refer to for whatever client, sorted. */
  readonly references: Table<ClusterKey, readonly ClusterKey[]>;
  /** The texts of the source selectors that the routes of a cluster depend on, sorted. */
  readonly sources: Table<ClusterKey, readonly string[]>;
  /** What counts for requests of clients that no source selector selects, where no other condition is met: the rules of the last route. */
  readonly generalRules: (read: Read, cluster: ClusterKey) => RequestRules;
}

export function declareRoutes(graph: Graph, clusters: ClusterTables, context: ClusterContext): RouteTables {
  const accepted = (read: Read, cluster: ClusterKey): readonly AcceptedPolicy[] =>
    read(context.policies.onDestination, targetOfCluster(cluster))?.accepted ?? [];
  const sources = graph.derive<ClusterKey, readonly string[]>('routeSources', (read, cluster) => {
    const texts = accepted(read, cluster).map((policy) => policy.sources);
    return [...new Set(texts.filter((text) => text !== ''))].sort();
  });
  const references = graph.derive<ClusterKey, readonly ClusterKey[]>('routeReferences', (read, cluster) => {
    const named = accepted(read, cluster).flatMap(({ fields }) => referencesOf(read, fields, cluster, context));
    return [...new Set(named)].filter((key) => read(clusters.clusters, key) !== undefined).sort();
  });
  const routes = graph.derive<RouteKey, readonly Route[]>('routes', (read, key) => {
    const [cluster, matching] = parseRoute(key);
    if (read(clusters.clusters, cluster) === undefined) return undefined;
    const policies = routePolicies(accepted(read, cluster), parseSourceScope(matching));
    return policies.map((policy) => toRoute(read, cluster, policy, clusters, context));
  });
  const generalRules = (read: Read, cluster: ClusterKey): RequestRules => {
    const { general } = orderPolicies(accepted(read, cluster), []);
    const settings = mergeFields(general);
    return rulesOfRoute(read, cluster, settings, targetsOfRoute(read, cluster, settings, clusters, context), context);
  };
  return { routes, references, sources, generalRules };
}

function referencesOf(
  read: Read,
  { trafficShift, mirror }: Policy,
  from: ClusterKey,
  context: ClusterContext,
): readonly ClusterKey[] {
  const tables = targetTables(context);
  const shifted = (trafficShift?.destinations ?? []).map((share) => shiftTarget(read, share, portOf(from), tables));
  const mirrored = mirror && mirrorTarget(read, mirror, portOf(from), tables);
  return [...shifted, mirrored].flatMap((key) => key ?? []);
}

function targetTables({ destinations, failovers }: ClusterContext): Parameters<typeof shiftTarget>[3] {
  return { destinations, failovers: failovers.failovers };
}

function portOf(cluster: ClusterKey): number {
  return Number(parseCluster(cluster)[2]);
}

function toRoute(
  read: Read,
  key: ClusterKey,
  { matchers, settings }: RoutePolicy,
  clusters: ClusterTables,
  context: ClusterContext,
): Route {
  const targets = targetsOfRoute(read, key, settings, clusters, context);
  const mirror = toMirror(read, settings, key, clusters, context);
  return {
    matchers,
    targets,
    ...(mirror && { mirror }),
    ...toRequestActions(settings),
    tiers: Math.max(...targets.map(({ cluster, weight }) => (weight > 0 ? tiersOf(read, cluster, clusters) : 0))),
    rules: rulesOfRoute(read, key, settings, targets, context),
    ...(rewritesHost(
      read,
      key,
      targets.map(({ cluster }) => cluster),
      context,
    ) && { rewriteHost: true }),
  };
}

/** Where traffic is shifted to, or the cluster itself. */
function targetsOfRoute(
  read: Read,
  key: ClusterKey,
  settings: Policy,
  clusters: ClusterTables,
  context: ClusterContext,
): readonly RouteTarget[] {
  // A name that leads to one endpoint means that endpoint.
  const shifted = hasOwnNames(parseCluster(key)[3]) ? [] : shiftedTargets(read, settings, key, clusters, context);
  return shifted.length > 0 ? shifted : [{ cluster: key, weight: 100 }];
}

function rulesOfRoute(
  read: Read,
  key: ClusterKey,
  settings: Policy,
  targets: readonly RouteTarget[],
  context: ClusterContext,
): RequestRules {
  return { ...rulesOfTargets(read, targets, context), ...rulesOf(settings), ...rulesOnTarget(read, key, context) };
}

/** Targets that have gone since the policy was valid are left out; the others share their traffic. */
function shiftedTargets(
  read: Read,
  { trafficShift }: Policy,
  from: ClusterKey,
  { clusters }: ClusterTables,
  context: ClusterContext,
): readonly RouteTarget[] {
  const shares = trafficShift?.destinations ?? [];
  const targets = shares.flatMap((share): readonly RouteTarget[] => {
    const cluster = shiftTarget(read, share, portOf(from), targetTables(context));
    if (cluster === undefined || read(clusters, cluster) === undefined) return [];
    const weight = share.weight ?? (shares.length === 1 ? 100 : 0);
    const headers = share.options?.headerManipulation;
    return [{ cluster, weight, ...(headers && { headers: toHeaderChanges(headers) }) }];
  });
  return targets.some(({ weight }) => weight > 0) ? targets : [];
}

function toMirror(
  read: Read,
  { mirror }: Policy,
  from: ClusterKey,
  { clusters }: ClusterTables,
  context: ClusterContext,
): MirrorTarget | undefined {
  const cluster = mirror && mirrorTarget(read, mirror, portOf(from), targetTables(context));
  if (cluster === undefined || read(clusters, cluster) === undefined) return undefined;
  return { cluster, percentage: mirror?.percentage ?? 100 };
}

function rulesOf({ retries, requestTimeout }: Policy): RequestRules {
  return toRequestRules({
    config: { ...(retries && { retries }), ...(requestTimeout !== undefined && { requestTimeout }) },
  });
}

/** What a RetryTimeoutPolicy says about the hostnames of a destination or failover destination; it wins over TrafficPolicies. */
export function rulesOnTarget(
  read: Read,
  cluster: ClusterKey,
  { virtualDestinationPolicies }: ClusterContext,
): RequestRules {
  const [, of, port] = parseCluster(cluster);
  return virtualDestinationPolicies.requestRules(read, targetPortKey(of, Number(port))) ?? {};
}

/** What is said about the places that traffic is sent to goes with it. A route has one timeout, so field by field the greatest share decides. */
function rulesOfTargets(read: Read, targets: readonly RouteTarget[], context: ClusterContext): RequestRules {
  const shares = targets.filter(({ weight }) => weight > 0).sort((a, b) => a.weight - b.weight);
  return Object.assign({}, ...shares.map(({ cluster }) => rulesOnTarget(read, cluster, context))) as RequestRules;
}

function tiersOf(read: Read, cluster: ClusterKey, clusters: ClusterTables): number {
  if (!isFailoverCluster(cluster)) return 0;
  return read(clusters.tierCounts, cluster) ?? 0;
}
