/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualhost */
import type { VirtualHost } from '../../generated/envoy.js';
import type { Route } from '../../mesh/offers/routes.js';
import { type ClusterNameOf, toRoutes } from './route.js';

export function toVirtualHost(
  name: string,
  domains: readonly string[],
  routes: readonly Route[],
  clusterName: ClusterNameOf,
): VirtualHost {
  return { name, domains, routes: routes.flatMap((route) => toRoutes(route, clusterName)) };
}
