/** The names in the measured world: the same in Lifeboat's files, in the other servers and in the load client. */

/** The port of every service and of the HTTP listener, and the name of the route configuration. */
export const PORT = 8080;
/** The number of digits of a service's number. */
export const DIGITS = 5;
/** The namespace of the services. */
export const NAMESPACE = 'shop';
/** The text before the digits in a cluster's name. */
export const NAME_PREFIX = `outbound|${PORT}||svc-`;
const NAME_SUFFIX = '.global';

/** Regions. The clients and endpoints of a region are in one zone. */
export const REGIONS = 8;

export function serviceName(index: number): string {
  return `svc-${String(index).padStart(DIGITS, '0')}`;
}

export function hostname(index: number): string {
  return `${serviceName(index)}${NAME_SUFFIX}`;
}

/** The name of the service's cluster and of its load assignment. */
export function clusterName(index: number): string {
  return `outbound|${PORT}||${hostname(index)}`;
}

export function regionName(region: number): string {
  return `region-${region}`;
}

export function zoneName(region: number): string {
  return `${regionName(region)}a`;
}

/** The three regions with endpoints of the service. */
export function regionsOf(index: number): readonly number[] {
  return [0, 3, 6].map((offset) => (index + offset) % REGIONS);
}

/** Address of one of a service's six endpoints. */
export function addressOf(index: number, endpoint: number): string {
  return `10.${Math.floor(index / 250)}.${index % 250}.${endpoint + 1}`;
}

export const TYPE = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
} as const;

export type TypeName = keyof typeof TYPE;
export const TYPE_NAMES: readonly TypeName[] = ['cluster', 'endpoints', 'listener', 'route'];
