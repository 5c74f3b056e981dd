/**
 * The listener of a gRPC client: it represents one target, has no address, and contains its routes, so that a call waits for one
 * answer less and a route cannot be without its filters.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md
 */
import type { HttpFilter, Listener, Route as RouteMessage } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { faultFilter, routerFilter } from '../fields/filters.js';

/** `name`: the target, as the client wrote it. Whatever authority its calls have, they are for this target. */
export function toApiListener(name: string, routes: readonly RouteMessage[]): Listener {
  return {
    name,
    apiListener: {
      apiListener: packAny('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
        statPrefix: name,
        routeConfig: { name, virtualHosts: [{ name, domains: ['*'], routes }] },
        httpFilters: filtersFor(routes),
      }),
    },
  };
}

/** gRPC rejects a listener with a filter that it does not know, so there is none that no route needs. */
function filtersFor(routes: readonly RouteMessage[]): readonly HttpFilter[] {
  return routes.some(({ typedPerFilterConfig }) => typedPerFilterConfig) ? [faultFilter, routerFilter] : [routerFilter];
}
