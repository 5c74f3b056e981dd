/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto */
import type { Filter, HttpConnectionManager } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { ads } from '../rows/ads.js';
import { routeFilters, routerFilter } from '../fields/filters.js';

/**
 * HTTP/1 and HTTP/2 alike; which host a request is for, the route configuration decides that is named after the port.
 *
 * @param trustedHops see `ListenerPlace`
 */
export function httpConnectionManagerFilter(port: number, trustedHops?: number): Filter {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: packAny('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      ...httpConnectionManager(port),
      ...(trustedHops !== undefined && edge(trustedHops)),
    }),
  };
}

/**
 * A stream may be silent as long as it likes: Envoy's default ends it after 5 minutes. Paths are normalized as Istio does by default:
 * dots are resolved, repeated slashes stay. `reviews.` with its final dot is the same host as without.
 */
function httpConnectionManager(port: number): HttpConnectionManager {
  return {
    statPrefix: `outbound_${port}`,
    streamIdleTimeout: '0s',
    normalizePath: true,
    stripTrailingHostDot: true,
    rds: { routeConfigName: String(port), configSource: ads },
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    httpFilters: [...routeFilters, routerFilter],
  };
}

/**
 * Towards strangers: backends are told the address that a request comes from. What the client itself says of that is removed, unless a
 * trusted proxy has added to it.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
function edge(trustedHops: number): HttpConnectionManager {
  return trustedHops > 0
    ? { useRemoteAddress: true, xffNumTrustedHops: trustedHops }
    : { useRemoteAddress: true, earlyHeaderMutationExtensions: [withoutForwardedFor] };
}

const withoutForwardedFor: NonNullable<HttpConnectionManager['earlyHeaderMutationExtensions']>[number] = {
  name: 'envoy.http.early_header_mutation.header_mutation',
  typedConfig: packAny('envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation', {
    mutations: [{ remove: 'x-forwarded-for' }],
  }),
};
