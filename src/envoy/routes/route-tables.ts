/** The tables of route configurations and of their virtual hosts. */
import type { Graph, Read, Table } from '../../graph/index.js';
import { failoverHostnames, hostnamesOf, inOrderOfNames } from '../../mesh/discovery/hosts.js';
import { type ClusterKey, parseCluster } from '../../mesh/model/cluster-key.js';
import { routeKey } from '../../mesh/offers/route-key.js';
import type { Route } from '../../mesh/offers/routes.js';
import { audienceKey } from '../../mesh/offers/visibility-key.js';
import { formatSourceScope, parseSourceScope } from '../../mesh/policies/selection/source-selectors.js';
import type { MeshModel } from '../../mesh/tables.js';
import { distinctNames } from '../rows/distinct-names.js';
import type { EncodedMessage } from '../rows/encoded-message.js';
import { encodeGuarded } from '../rows/guarded.js';
import { routeConfigurationEncoder } from './route-configuration.js';
import {
  type RouteConfigurationKey,
  type VirtualHostKey,
  parseRouteConfiguration,
  parseVirtualHost,
  virtualHostKey,
} from './route-key.js';
import { toVirtualHost } from './virtual-host.js';

interface RouteTables {
  /** No row for a port on which the client sees no host. */
  readonly routeConfigurations: Table<RouteConfigurationKey, EncodedMessage>;
  readonly virtualHosts: Table<VirtualHostKey, EncodedMessage>;
}

export function declareRouteConfigurations(graph: Graph, model: MeshModel): RouteTables {
  const encode = routeConfigurationEncoder();
  const virtualHosts = graph.derive<VirtualHostKey, EncodedMessage>('encodedVirtualHosts', (read, key) => {
    const { cluster, domains, sources } = parseVirtualHost(key);
    const clusterName = (target: ClusterKey): string => read(model.clusters.clusters, target)?.name ?? '';
    const name = clusterName(cluster);
    const routes = read(model.routes.routes, routeKey(cluster, sources)) ?? [];
    const host = toVirtualHost(name, domains, routes, clusterName);
    const clusters = routes.flatMap((route) => referencesOf(route).map(clusterName));
    return { name, ...encodeGuarded('envoy.config.route.v3.VirtualHost', host), clusters };
  });
  const routeConfigurations = graph.derive<RouteConfigurationKey, EncodedMessage>(
    'encodedRouteConfigurations',
    (read, key) => {
      const hosts = virtualHostsOf(read, model, key);
      return (
        hosts &&
        encode(
          parseRouteConfiguration(key).port,
          hosts.flatMap((host) => read(virtualHosts, host) ?? []),
        )
      );
    },
  );
  return { routeConfigurations, virtualHosts };
}

/** The keys of the virtual hosts of a route configuration, in its order. `undefined`: the client sees no host on this port. */
export function virtualHostsOf(
  read: Read,
  model: MeshModel,
  key: RouteConfigurationKey,
): readonly VirtualHostKey[] | undefined {
  const { mesh, role, cluster, namespace, port, sources } = parseRouteConfiguration(key);
  const reached = read(model.visibility.httpHosts, audienceKey(mesh, role))?.get(Number(port));
  if (reached === undefined) return undefined;
  const matching = new Set(parseSourceScope(sources));
  return distinctDomains(read, reached, model, { cluster, namespace }).map(([host, domains]) => {
    const relevant = (read(model.routes.sources, host) ?? []).filter((text) => matching.has(text));
    return virtualHostKey(host, domains, formatSourceScope(relevant));
  });
}

function referencesOf({ targets, mirror }: Route): readonly ClusterKey[] {
  return [...targets, ...(mirror ? [mirror] : [])].map(({ cluster }) => cluster);
}

type HostDomains = readonly [cluster: ClusterKey, domains: readonly string[]];

/**
 * Envoy rejects a route configuration with the same domain in two virtual hosts, so only the first one keeps it. Hosts of the client's own
 * cluster precede hosts without a cluster.
 */
function distinctDomains(
  read: Read,
  reached: readonly ClusterKey[],
  { clusters, destinations, failovers }: MeshModel,
  client: { readonly cluster: string; readonly namespace: string },
): readonly HostDomains[] {
  const take = distinctNames();
  const names = new Set<string>();
  return inOrderOfNames(read, reached, destinations).flatMap((key): readonly HostDomains[] => {
    const wanted = domainsOf(read, key, client, { destinations, failovers });
    const name = read(clusters.clusters, key)?.name ?? '';
    const domains = names.has(name) ? [] : take(wanted);
    if (domains.length === 0) return [];
    names.add(name);
    return [[key, domains]];
  });
}

function domainsOf(
  read: Read,
  key: ClusterKey,
  client: { readonly cluster: string; readonly namespace: string },
  { destinations, failovers }: Pick<MeshModel, 'destinations' | 'failovers'>,
): readonly string[] {
  const [kind, of, , subset] = parseCluster(key);
  if (kind === 'failover') return failoverHostnames(read(failovers.failovers, of)?.hosts ?? [], client);
  const destination = read(destinations.destinations, of);
  return destination === undefined ? [] : hostnamesOf(destination, client, subset);
}
