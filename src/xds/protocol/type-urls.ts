/** The resource types for which the protocol has special rules. Other types are supported by the common rules. */

/** LDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/lds */
export const LISTENER = 'type.googleapis.com/envoy.config.listener.v3.Listener';
/** RDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/rds */
export const ROUTE_CONFIGURATION = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
/** SRDS: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/scoped_route.proto */
export const SCOPED_ROUTE_CONFIGURATION = 'type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration';
/** VHDS, incremental only: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/vhds */
export const VIRTUAL_HOST = 'type.googleapis.com/envoy.config.route.v3.VirtualHost';
/** CDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cds */
export const CLUSTER = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
/** EDS: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint.proto */
export const CLUSTER_LOAD_ASSIGNMENT = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';
/** SDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/security/secret */
export const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
/** RTDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/operations/runtime#runtime-discovery-service */
export const RUNTIME = 'type.googleapis.com/envoy.service.runtime.v3.Runtime';
/** ECDS: https://www.envoyproxy.io/docs/envoy/latest/configuration/overview/extension */
export const EXTENSION_CONFIG = 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig';

/** The order in which changes of types are sent on an aggregated stream. Other types come last. */
const ORDER: readonly string[] = [
  SECRET,
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  LISTENER,
  SCOPED_ROUTE_CONFIGURATION,
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
];

/** Types whose resources refer to clusters. */
export const USERS_OF_CLUSTERS: readonly string[] = [
  LISTENER,
  SCOPED_ROUTE_CONFIGURATION,
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
];

/** The position of a type in the order of types. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations */
export function typeOrder(typeUrl: string): number {
  const index = ORDER.indexOf(typeUrl);
  return index < 0 ? ORDER.length : index;
}

/** Listeners and clusters: a state-of-the-world response is the full state, so it removes the resources that it lacks. */
export function isFullState(typeUrl: string): boolean {
  return typeUrl === LISTENER || typeUrl === CLUSTER;
}

const ALWAYS_NAMED: ReadonlySet<string> = new Set([
  ROUTE_CONFIGURATION,
  VIRTUAL_HOST,
  CLUSTER_LOAD_ASSIGNMENT,
  SECRET,
  RUNTIME,
  EXTENSION_CONFIG,
]);

/**
 * Whether clients keep a deleted resource that they name, because they are not sent the removal. Listeners and clusters that use it would
 * break, and old versions of Envoy reject the response. https://github.com/envoyproxy/envoy/issues/32823,
 * https://github.com/envoyproxy/envoy/issues/24373
 */
export function outlivesDeletion(typeUrl: string): boolean {
  return typeUrl === SECRET || typeUrl === EXTENSION_CONFIG;
}

/**
 * Whether a first request without names subscribes to everything. For other types, clients also send such requests before they know a name,
 * and must not get everything.
 */
export function emptyMeansWildcard(typeUrl: string): boolean {
  return !ALWAYS_NAMED.has(typeUrl);
}

/** `Cluster` for `type.googleapis.com/envoy.config.cluster.v3.Cluster`. For messages. */
export function shortTypeName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
}
