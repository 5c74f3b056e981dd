/**
 * The listener of a gRPC client. It represents one target and has no address. It contains its routes, so that a call waits for one response
 * less, and routes and filters always match.
 * https://github.com/grpc/proposal/blob/master/A27-xds-global-load-balancing.md
 */
import type { HttpFilter, Listener, Route as RouteMessage } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { faultFilter, routerFilter } from '../fields/filters.js';

/** `name`: the target, as the client wrote it. The routes apply to calls with any authority. */
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

/** gRPC rejects a listener with an unknown filter, so a listener has only the filters that its routes use. */
function filtersFor(routes: readonly RouteMessage[]): readonly HttpFilter[] {
  return routes.some(({ typedPerFilterConfig }) => typedPerFilterConfig) ? [faultFilter, routerFilter] : [routerFilter];
}
