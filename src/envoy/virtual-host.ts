/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost */
import type { VirtualHost } from '../generated/envoy.js';
import type { Route } from '../mesh/offers/routes.js';
import { type ClusterName, toRoutes } from './route.js';

export function toVirtualHost(
  name: string,
  domains: readonly string[],
  routes: readonly Route[],
  clusterName: ClusterName,
): VirtualHost {
  return { name, domains, routes: routes.flatMap((route) => toRoutes(route, clusterName)) };
}
