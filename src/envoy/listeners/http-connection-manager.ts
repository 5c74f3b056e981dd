/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto */
import type { Filter, HttpConnectionManager } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';
import { ads } from '../rows/ads.js';
import { routeFilters, routerFilter } from '../fields/filters.js';

/**
 * Accepts HTTP/1 and HTTP/2. The route configuration is named after the port and selects the host.
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
 * Without an idle timeout: Envoy's default ends a silent stream after 5 minutes. Paths are normalized as in Istio: dot segments are
 * resolved, repeated slashes stay. The final dot of a host such as `reviews.` is removed.
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
 * Settings for untrusted clients. Envoy sends the client's address to the backend, and removes what the client itself says about it,
 * unless a trusted proxy has added to it.
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
