/** Keys of route configurations and of the virtual hosts in them. */
import { type Key, pairCodec, partsCodec } from '../../graph/index.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import type { MeshKey } from '../../mesh/model/object-key.js';
import type { Role } from '../../mesh/offers/visibility-key.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';
import type { RouteScope } from '../rows/client-scope.js';

/** The properties of a client that its routes depend on, and the port, which is the name of the route configuration. */
export type RouteConfigurationKey = Key<'route configuration'>;

type PlaceKey = Key<'place of a route configuration'>;
type PlaceParts = readonly [mesh: MeshKey, role: Role, cluster: string, namespace: string, port: string];

const PLACE = partsCodec<PlaceKey, PlaceParts>(5);
const ROUTE_CONFIGURATION = pairCodec<RouteConfigurationKey, PlaceKey, SourceScope>();

export function routeConfigurationKey(scope: RouteScope, port: string): RouteConfigurationKey {
  const { mesh, role, cluster, namespace, sources } = scope;
  return ROUTE_CONFIGURATION.format(PLACE.format(mesh, role, cluster, namespace, port), sources);
}

export function parseRouteConfiguration(key: RouteConfigurationKey): RouteScope & { readonly port: string } {
  const [place, sources] = ROUTE_CONFIGURATION.parse(key);
  const [mesh, role, cluster, namespace, port] = PLACE.parse(place);
  return { mesh, role, cluster, namespace, port, sources };
}

/** The cluster of a host, its domains for a client, and the source selectors that its routes depend on. */
export type VirtualHostKey = Key<'virtual host'>;

type DomainsKey = Key<'domains'>;

const DOMAINS = pairCodec<DomainsKey, string, SourceScope>();
const VIRTUAL_HOST = pairCodec<VirtualHostKey, ClusterKey, DomainsKey>();

export function virtualHostKey(cluster: ClusterKey, domains: readonly string[], sources: SourceScope): VirtualHostKey {
  return VIRTUAL_HOST.format(cluster, DOMAINS.format(domains.join(','), sources));
}

export interface VirtualHostParts {
  readonly cluster: ClusterKey;
  readonly domains: readonly string[];
  readonly sources: SourceScope;
}

export function parseVirtualHost(key: VirtualHostKey): VirtualHostParts {
  const [cluster, rest] = VIRTUAL_HOST.parse(key);
  const [domains, sources] = DOMAINS.parse(rest);
  return { cluster, domains: domains.split(','), sources };
}
