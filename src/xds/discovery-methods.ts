/** The gRPC services of the protocol: one for all types, and one for each type. https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#rpc-services-and-methods-for-each-variant */
import type { StreamKind } from './streams/stream-host.js';
import {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  EXTENSION_CONFIG,
  LISTENER,
  ROUTE_CONFIGURATION,
  RUNTIME,
  SCOPED_ROUTE_CONFIGURATION,
  SECRET,
  VIRTUAL_HOST,
} from './protocol/type-urls.js';

export interface StreamMethod extends StreamKind {
  /** `/package.Service/Method`. */
  readonly path: string;
}

function both(service: string, suffix: string, typeUrl: string | undefined): StreamMethod[] {
  return [
    { path: `/${service}/Stream${suffix}`, mode: 'sotw', typeUrl },
    { path: `/${service}/Delta${suffix}`, mode: 'delta', typeUrl },
  ];
}

/** The service for virtual hosts has the incremental variant only. */
export const STREAM_METHODS: readonly StreamMethod[] = [
  ...both('envoy.service.discovery.v3.AggregatedDiscoveryService', 'AggregatedResources', undefined),
  ...both('envoy.service.listener.v3.ListenerDiscoveryService', 'Listeners', LISTENER),
  ...both('envoy.service.route.v3.RouteDiscoveryService', 'Routes', ROUTE_CONFIGURATION),
  ...both('envoy.service.route.v3.ScopedRoutesDiscoveryService', 'ScopedRoutes', SCOPED_ROUTE_CONFIGURATION),
  ...both('envoy.service.cluster.v3.ClusterDiscoveryService', 'Clusters', CLUSTER),
  ...both('envoy.service.endpoint.v3.EndpointDiscoveryService', 'Endpoints', CLUSTER_LOAD_ASSIGNMENT),
  ...both('envoy.service.secret.v3.SecretDiscoveryService', 'Secrets', SECRET),
  ...both('envoy.service.runtime.v3.RuntimeDiscoveryService', 'Runtime', RUNTIME),
  ...both('envoy.service.extension.v3.ExtensionConfigDiscoveryService', 'ExtensionConfigs', EXTENSION_CONFIG),
  {
    path: '/envoy.service.route.v3.VirtualHostDiscoveryService/DeltaVirtualHosts',
    mode: 'delta',
    typeUrl: VIRTUAL_HOST,
  },
];

/** The full names of the services with these methods, without duplicates. */
export function serviceNames(paths: Iterable<string>): readonly string[] {
  return [...new Set([...paths].map((path) => path.slice(1, path.lastIndexOf('/'))))];
}
