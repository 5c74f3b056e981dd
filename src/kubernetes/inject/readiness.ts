/**
 * Envoy's readiness at the Pod's address. The admin interface itself must not be reachable from outside the Pod, because it can stop Envoy and
 * shows its configuration; this listener forwards `/ready` to it, and answers everything else with 404.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--ready
 */
import type { EnvoyAddress } from './options.js';

export const READY_PATH = '/ready';
const ADMIN_CLUSTER = 'lifeboat_envoy_admin';
const HTTP_CONNECTION_MANAGER = 'envoy.filters.network.http_connection_manager';
const ROUTER = 'envoy.filters.http.router';

/** @param address of the Pod, IPv4 or IPv6. */
export function readyListener(address: string, port: number): object {
  const match = { path: READY_PATH, headers: [{ name: ':method', string_match: { exact: 'GET' } }] };
  return {
    name: 'lifeboat_ready',
    address: { socket_address: { address, port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: HTTP_CONNECTION_MANAGER,
            typed_config: {
              '@type': `type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: 'lifeboat_ready',
              route_config: {
                virtual_hosts: [
                  { name: 'ready', domains: ['*'], routes: [{ match, route: { cluster: ADMIN_CLUSTER } }] },
                ],
              },
              http_filters: [
                {
                  name: ROUTER,
                  typed_config: {
                    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                  },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

export function adminCluster({ host, port }: EnvoyAddress): object {
  const address = { socket_address: { address: host, port_value: port } };
  return {
    name: ADMIN_CLUSTER,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: ADMIN_CLUSTER, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}
