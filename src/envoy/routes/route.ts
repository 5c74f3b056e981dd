/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto */
import type {
  Route as RouteMessage,
  RouteAction,
  RouteAction_RequestMirrorPolicy as MirrorPolicy,
} from '../../generated/envoy.js';
import type { RequestMatcher } from '../../mesh/policies/requests/request-matchers.js';
import type { MirrorTarget, Route, RouteTarget } from '../../mesh/offers/routes.js';
import { toDuration } from '../fields/duration.js';
import { toFilterConfig } from '../fields/filters.js';
import { toFraction } from '../fields/fraction.js';
import { toHeaderFields } from '../fields/header-changes.js';
import { type Method, retriesDiffer, toRetryPolicy } from '../fields/retry-policy.js';
import { everyRequest, toRouteMatch } from './route-match.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';

/** The name of a cluster, by its key. */
export type ClusterNameOf = (key: ClusterKey) => string;

/** One route for each matcher, or two if safe methods have other retries. */
export function toRoutes(route: Route, clusterName: ClusterNameOf): readonly RouteMessage[] {
  const matchers = route.matchers.length > 0 ? route.matchers : [everyRequest];
  return matchers.flatMap((matcher) => toMatchedRoutes(route, matcher, clusterName));
}

/** Requests with these methods may run twice. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

function toMatchedRoutes(route: Route, matcher: RequestMatcher, clusterName: ClusterNameOf): readonly RouteMessage[] {
  const { method } = matcher;
  if (method !== undefined)
    return [toMessage(route, matcher, safeMethods.includes(method) ? 'safe' : 'other', clusterName)];
  if (!retriesDiffer(route)) return [toMessage(route, matcher, 'other', clusterName)];
  return [toMessage(route, matcher, 'safe', clusterName), toMessage(route, matcher, 'other', clusterName)];
}

function toMessage(route: Route, matcher: RequestMatcher, method: Method, clusterName: ClusterNameOf): RouteMessage {
  const filters = toFilterConfig(route);
  return {
    match: toRouteMatch(matcher, method === 'safe' ? safeMethods.join('|') : undefined),
    route: toAction(route, method, clusterName),
    ...toHeaderFields(route.headers),
    ...(Object.keys(filters).length > 0 && { typedPerFilterConfig: filters }),
  };
}

/**
 * If the user sets no timeout, the deadline of a gRPC client ends its call. If the user sets one, `maxStreamDuration` must be absent:
 * Envoy would ignore the timeout.
 */
function toTimeouts(requestTimeoutMs: number): Pick<RouteAction, 'timeout' | 'maxStreamDuration'> {
  const timeout = toDuration(requestTimeoutMs);
  return requestTimeoutMs > 0 ? { timeout } : { timeout, maxStreamDuration: { grpcTimeoutHeaderMax: '0s' } };
}

/** If the user sets no timeout, there is none: Envoy's default of 15 s would end long streams. */
function toAction(route: Route, method: Method, clusterName: ClusterNameOf): RouteAction {
  const retryPolicy = toRetryPolicy(route, method);
  return {
    ...toTarget(route, clusterName),
    ...toTimeouts(route.rules.requestTimeoutMs ?? 0),
    ...(route.rewriteHost && { autoHostRewrite: true }),
    ...(retryPolicy && { retryPolicy }),
    ...(route.mirror && { requestMirrorPolicies: [toMirrorPolicy(route.mirror, clusterName)] }),
  };
}

function toTarget({ targets }: Route, clusterName: ClusterNameOf): Partial<RouteAction> {
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0 && only.headers === undefined)
    return { cluster: clusterName(only.cluster) };
  const share = ({ cluster, weight, headers }: RouteTarget): object => ({
    name: clusterName(cluster),
    weight,
    ...toHeaderFields(headers),
  });
  return { weightedClusters: { clusters: targets.map(share) } };
}

function toMirrorPolicy({ cluster, percentage }: MirrorTarget, clusterName: ClusterNameOf): MirrorPolicy {
  return { cluster: clusterName(cluster), runtimeFraction: { defaultValue: toFraction(percentage) } };
}
