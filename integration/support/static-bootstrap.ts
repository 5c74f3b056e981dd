/**
 * A snapshot as the bootstrap of an Envoy that asks nobody: what would come by EDS and RDS stands in it, so that Envoy checks all of
 * it at once.
 */

type Message = Readonly<Record<string, unknown>>;

/** As `lifeboat snapshot -o json` prints it. */
export interface Snapshot {
  readonly listeners: readonly Message[];
  readonly routes: readonly Message[];
  readonly clusters: readonly Message[];
  readonly endpoints: readonly Message[];
}

export function staticBootstrap({ listeners, routes, clusters, endpoints }: Snapshot): object {
  const routesByName = new Map(routes.map((each) => [each['name'], each]));
  const endpointsByName = new Map(endpoints.map((each) => [each['clusterName'], each]));
  return {
    node: { id: 'static', cluster: 'static' },
    staticResources: {
      listeners: listeners.map((listener) => inline(listener, routesByName)),
      clusters: clusters.map((cluster) => withEndpoints(cluster, endpointsByName.get(cluster['name']))),
    },
  };
}

/** Replaces `rds` by the route configuration that it names, wherever it stands. */
function inline(value: unknown, routes: ReadonlyMap<unknown, Message>): unknown {
  if (Array.isArray(value)) return value.map((item) => inline(item, routes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (key !== 'rds') return [key, inline(field, routes)];
      const name = (field as Message)['routeConfigName'];
      return ['routeConfig', routes.get(name) ?? { name }];
    }),
  );
}

function withEndpoints(cluster: Message, endpoints: Message | undefined): Message {
  if (cluster['type'] !== 'EDS') return cluster;
  const { edsClusterConfig: _eds, ...rest } = cluster;
  return { ...rest, type: 'STATIC', loadAssignment: endpoints ?? { clusterName: cluster['name'] } };
}
