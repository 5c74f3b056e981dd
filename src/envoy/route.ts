/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto */
import type { Route as RouteMessage, RouteAction, RouteMatch } from '../generated/envoy.js';
import type { Route } from '../mesh/routes.js';
import { toDuration } from './duration.js';
import { type Method, toRetryPolicy } from './retry-policy.js';

/** How long an answer may take, all tries together; Envoy's own default. */
export const requestTimeoutMs = 15_000;

/** The name of the cluster with that key. */
export type ClusterName = (key: string) => string;

/** Two routes where a retry may do more for some methods than for others, else one. */
export function toRoutes(route: Route, clusterName: ClusterName): readonly RouteMessage[] {
  const methods: readonly Method[] = ['safe', 'other'];
  return methods.map((method) => ({ match: toMatch(method), route: toAction(route, method, clusterName) }));
}

function toMatch(method: Method): RouteMatch {
  if (method === 'other') return { prefix: '/' };
  return {
    prefix: '/',
    headers: [{ name: ':method', stringMatch: { safeRegex: { regex: 'GET|HEAD|OPTIONS' } } }],
  };
}

function toAction(route: Route, method: Method, clusterName: ClusterName): RouteAction {
  const retryPolicy = toRetryPolicy(route, method);
  return {
    ...toTarget(route, clusterName),
    timeout: toDuration(route.rules.requestTimeoutMs ?? requestTimeoutMs),
    ...(retryPolicy && { retryPolicy }),
  };
}

function toTarget({ targets }: Route, clusterName: ClusterName): Partial<RouteAction> {
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) return { cluster: clusterName(only.cluster) };
  return { weightedClusters: { clusters: targets.map(({ cluster, weight }) => ({ name: clusterName(cluster), weight })) } };
}
