/**
 * Routes for gRPC clients, without routes that gRPC would reject or that no call matches, and only with settings that gRPC supports. It
 * supports neither header changes nor mirroring.
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

/** One route for each matcher that a gRPC call can match. */
export function toGrpcRoutes(route: Route, clusterName: ClusterNameOf): readonly RouteMessage[] {
  const matchers = route.matchers.length > 0 ? route.matchers.flatMap(toGrpcMatchers) : [everyRequest];
  const filters = toFilterConfig(route.fault ? { fault: route.fault } : {});
  return matchers.map((matcher) => ({
    match: toRouteMatch(matcher),
    route: toAction(route, clusterName),
    ...(route.fault && { typedPerFilterConfig: filters }),
  }));
}

/** A gRPC call is always a POST without query parameters. */
function toGrpcMatchers({ queryParameters, method, path, headers }: RequestMatcher): readonly RequestMatcher[] {
  if (queryParameters.length > 0 || (method !== undefined && method !== 'POST')) return [];
  return alternatives(headers).map((all) => ({ ...everyRequest, ...(path && { path }), headers: all }));
}

/** A matcher with more inverted values than this is left out, because each of them doubles the number of routes. */
const MAX_OPPOSITES = 5;

/** In gRPC, a missing header matches no condition on a value, not even an inverted one. Its absence therefore is a separate alternative. */
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

/** If the user sets no timeout, or 0, the client's deadline ends the call. */
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

/** The default conditions of Envoy's routes for calls that may have run already. */
const defaultConditions: readonly string[] = ['unavailable', 'cancelled'];

const grpcConditions: readonly string[] = [
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

/**
 * The conditions that gRPC reports as UNAVAILABLE: a backend that cannot be reached or was lost, and the HTTP statuses of a proxy.
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
