/** The types of resources. */
export const LISTENER = 'type.googleapis.com/envoy.config.listener.v3.Listener';
export const ROUTE_CONFIGURATION = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
export const CLUSTER = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';
export const CLUSTER_LOAD_ASSIGNMENT = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment';

/** By state of the world, a response has all resources of these types, and what it lacks is removed. */
export const FULL_STATE_TYPES: ReadonlySet<string> = new Set([LISTENER, CLUSTER]);
