/**
 * Routes as gRPC clients take them: what gRPC would reject or never match is left out, and of the rest what it knows is kept. Headers are
 * not changed and no requests are mirrored, for gRPC does neither.
 * https://github.com/grpc/proposal/blob/master/A28-xds-traffic-splitting-and-routing.md
 */
import type { Route as RouteMessage, RouteAction, RetryPolicy } from '../../generated/envoy.js';
import type { NamedMatch, RequestMatcher } from '../../mesh/policies/requests/request-matchers.js';
import { splitConditions } from '../../mesh/policies/requests/retry-findings.js';
import type { Route } from '../../mesh/offers/routes.js';
import { toDuration } from '../fields/duration.js';
import { toFilterConfig } from '../fields/filters.js';
import { defaultRetries } from '../fields/retry-policy.js';
import type { ClusterNameOf } from '../routes/route.js';
import { everyRequest, toRouteMatch } from '../routes/route-match.js';

/** A route for each matcher that a gRPC call can meet. */
export function toGrpcRoutes(route: Route, clusterName: ClusterNameOf): readonly RouteMessage[] {
  const matchers = route.matchers.length > 0 ? route.matchers.flatMap(toGrpcMatchers) : [everyRequest];
  const filters = toFilterConfig(route.fault ? { fault: route.fault } : {});
  return matchers.map((matcher) => ({
    match: toRouteMatch(matcher),
    route: toAction(route, clusterName),
    ...(route.fault && { typedPerFilterConfig: filters }),
  }));
}

/** Every call is a POST without query parameters. */
function toGrpcMatchers({ queryParameters, method, path, headers }: RequestMatcher): readonly RequestMatcher[] {
  if (queryParameters.length > 0 || (method !== undefined && method !== 'POST')) return [];
  return alternatives(headers).map((all) => ({ ...everyRequest, ...(path && { path }), headers: all }));
}

/** A matcher with more opposites of values than this is left out: each of them doubles its routes. */
const MAX_OPPOSITES = 5;

/** A header that is missing meets no condition of gRPC's on its value, not even an opposite one, so its absence is an alternative. */
function alternatives(headers: readonly NamedMatch[]): readonly (readonly NamedMatch[])[] {
  const opposites = headers.filter(({ inverted, match }) => inverted && match);
  if (opposites.length > MAX_OPPOSITES) return [];
  return headers.reduce<readonly (readonly NamedMatch[])[]>(
    (all, header) => {
      const choices = opposites.includes(header) ? [header, { name: header.name, inverted: true }] : [header];
      return all.flatMap((before) => choices.map((choice) => [...before, choice]));
    },
    [[]],
  );
}

/** Without a timeout of the user's, which 0 is too, a call ends by its own deadline. */
function toAction(route: Route, clusterName: ClusterNameOf): RouteAction {
  const { requestTimeoutMs } = route.rules;
  const retryPolicy = toGrpcRetryPolicy(route);
  return {
    ...toTarget(route, clusterName),
    ...(requestTimeoutMs !== undefined &&
      requestTimeoutMs > 0 && { maxStreamDuration: { maxStreamDuration: toDuration(requestTimeoutMs) } }),
    ...(retryPolicy && { retryPolicy }),
  };
}

function toTarget({ targets }: Route, clusterName: ClusterNameOf): Partial<RouteAction> {
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) return { cluster: clusterName(only.cluster) };
  return {
    weightedClusters: { clusters: targets.map(({ cluster, weight }) => ({ name: clusterName(cluster), weight })) },
  };
}

/**
 * Absent if the user disables retries, or enables only conditions that gRPC does not support. Each attempt may use any healthy tier.
 * https://github.com/grpc/proposal/blob/master/A44-xds-retry.md
 */
function toGrpcRetryPolicy({ tiers, rules }: Route): RetryPolicy | undefined {
  const numRetries = rules.attempts ?? defaultRetries(tiers);
  const retryOn = rules.retryOn === undefined ? defaultConditions : toGrpcConditions(rules.retryOn);
  return numRetries === 0 || retryOn.length === 0 ? undefined : { retryOn: retryOn.join(','), numRetries };
}

/** What Envoy is told of calls that may have run already. */
const defaultConditions: readonly string[] = ['unavailable', 'cancelled'];

const grpcConditions: readonly string[] = [
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

/**
 * What is UNAVAILABLE to gRPC: a backend that cannot be reached or is lost, and the HTTP statuses that a proxy answers in its place.
 * https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
 */
const unavailable: readonly string[] = [
  ...['5xx', 'gateway-error', 'connect-failure', 'refused-stream', 'reset', 'reset-before-request'],
  ...['429', '502', '503', '504'],
];

function toGrpcConditions(retryOn: string): readonly string[] {
  const known = splitConditions(retryOn).flatMap((condition) => {
    if (grpcConditions.includes(condition)) return [condition];
    return unavailable.includes(condition) ? ['unavailable'] : [];
  });
  return [...new Set(known)];
}
