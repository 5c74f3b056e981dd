/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener.proto */
import type { HttpConnectionManager, Listener } from '../generated/envoy.js';
import { packAny } from '../proto/envoy-types.js';
import { ads } from './ads.js';
import { routeFilters } from './filters.js';

/** Where a client's listeners are. */
export interface ListenerPlace {
  readonly address: string;
  /** Added to every port. */
  readonly portOffset: number;
  readonly interception: 'NONE' | 'REDIRECT';
}

/** A listener's name says where it listens; it is unique among those that one Envoy gets. */
export function listenerName({ address, portOffset }: ListenerPlace, port: number): string {
  return `${address}_${port + portOffset}`;
}

/** A listener for everything HTTP on one port; which host a request is for, its route configuration decides. */
export function toHttpListener(place: ListenerPlace, port: number): Listener {
  return {
    name: listenerName(place, port),
    address: { socketAddress: { address: place.address, portValue: port + place.portOffset } },
    trafficDirection: 'OUTBOUND',
    ...(place.interception === 'REDIRECT' && { bindToPort: false }),
    filterChains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: packAny(httpConnectionManagerType, httpConnectionManager(port)) }] },
    ],
  };
}

const httpConnectionManagerType = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto */
function httpConnectionManager(port: number): HttpConnectionManager {
  return {
    statPrefix: `outbound_${port}`,
    rds: { routeConfigName: String(port), configSource: ads },
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    httpFilters: [
      ...routeFilters,
      {
        name: 'envoy.filters.http.router',
        typedConfig: packAny('envoy.extensions.filters.http.router.v3.Router', {}),
      },
    ],
  };
}
