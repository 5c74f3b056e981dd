/** The routes of a host: which clusters its requests go to, its own or those of a traffic shift, and which settings apply to them. */
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
  /** The target's share is its weight in the sum of all weights. */
  readonly weight: number;
  readonly headers?: HeaderChanges;
}

/** The cluster that gets copies of the requests. */
export interface MirrorTarget {
  readonly cluster: ClusterKey;
  /** The share of the requests that is copied, 0 to 100. */
  readonly percentage: number;
}

export interface Route extends RequestActions {
  /** The route matches a request that meets one of these. Empty: every request. */
  readonly matchers: readonly RequestMatcher[];
  readonly targets: readonly RouteTarget[];
  readonly mirror?: MirrorTarget;
  /** How many tiers a retry may need to try; 0 if no target is a failover destination. */
  readonly tiers: number;
  readonly rules: RequestRules;
  /** Whether Envoy replaces the host header by the name of the endpoint, for endpoints with a name of their own. */
  readonly rewriteHost?: true;
}

export interface RouteTables {
  /** The routes of a destination port or failover destination, in the order in which Envoy tries them. */
  readonly routes: Table<RouteKey, readonly Route[]>;
  /** The clusters that the routes of a cluster refer to for any client, sorted. */
  readonly references: Table<ClusterKey, readonly ClusterKey[]>;
  /** The texts of the source selectors that the routes of a cluster depend on, sorted. */
  readonly sources: Table<ClusterKey, readonly string[]>;
  /** The settings for requests that meet no matcher, from clients that match no source selector: those of the last route. */
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

/** The targets of the traffic shift, or the cluster itself. */
function targetsOfRoute(
  read: Read,
  key: ClusterKey,
  settings: Policy,
  clusters: ClusterTables,
  context: ClusterContext,
): readonly RouteTarget[] {
  // A hostname of single endpoints always leads to these endpoints.
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

/** Leaves out targets that were deleted after the policy was valid. The other targets get their share. */
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

/** The rules of a RetryTimeoutPolicy for the hostnames of a destination or failover destination. They take precedence over TrafficPolicies. */
export function rulesOnTarget(
  read: Read,
  cluster: ClusterKey,
  { virtualDestinationPolicies }: ClusterContext,
): RequestRules {
  const [, of, port] = parseCluster(cluster);
  return virtualDestinationPolicies.requestRules(read, targetPortKey(of, Number(port))) ?? {};
}

/** Rules for targets also apply to requests that are shifted to them. A route has one value per field: that of the target with the largest share. */
function rulesOfTargets(read: Read, targets: readonly RouteTarget[], context: ClusterContext): RequestRules {
  const shares = targets.filter(({ weight }) => weight > 0).sort((a, b) => a.weight - b.weight);
  return Object.assign({}, ...shares.map(({ cluster }) => rulesOnTarget(read, cluster, context))) as RequestRules;
}

function tiersOf(read: Read, cluster: ClusterKey, clusters: ClusterTables): number {
  if (!isFailoverCluster(cluster)) return 0;
  return read(clusters.tierCounts, cluster) ?? 0;
}
