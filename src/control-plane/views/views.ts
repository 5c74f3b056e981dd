/** The view of a client, and the rows of a view. Clients with the same resources share views, rows and bytes. */
import type { EnvoyTables } from '../../envoy/tables.js';
import { interceptionClusterNames } from '../../envoy/listeners/interception-tables.js';
import type { Graph } from '../../graph/index.js';
import { clusterScope, rankingScope } from '../../mesh/clusters/client-scope.js';
import { sourceScope } from '../../mesh/policies/selection/source-selectors.js';
import type { MeshModel } from '../../mesh/tables.js';
import type { ClientScope } from '../clients/client-scope.js';
import type { Client } from '../clients/client.js';
import { grpcRow, grpcViewOf } from './grpc-views.js';
import { typeUrls } from './resource-types.js';
import { type RowRef, rowRef } from './row-ref.js';
import {
  type ClusterView,
  type EndpointView,
  type ListenerView,
  type RouteView,
  CLUSTER_VIEW,
  CONNECTION,
  LISTENER_VIEW,
  ROUTED,
  ROUTE_VIEW,
  isGrpcView,
} from './view-key.js';
import type { MeshKey } from '../../mesh/model/object-key.js';
import { audienceKey, offerKey } from '../../mesh/offers/visibility-key.js';
import { loadAssignmentKey } from '../../envoy/clusters/load-assignment-key.js';
import { routeConfigurationKey } from '../../envoy/routes/route-key.js';
import {
  type ListenerKey,
  listenerKey,
  interceptionListenerKey,
  formatPlace,
  parsePlace,
  formatListenerScope,
  parseListenerScope,
} from '../../envoy/listeners/listener-key.js';
import { encodedClusterKey } from '../../envoy/clusters/cluster-key.js';

/** The current rows of a view, for types whose resources are listed. */
export interface ListedView {
  /** The list changes when this row changes. */
  readonly list: RowRef<unknown>;
  rows(): readonly RowRef[];
}

/** The view of a client for a type. `undefined` for unsupported types. */
export function viewOf(client: Client, mesh: MeshKey, scope: ClientScope, type: string): string | undefined {
  const { role, place, cluster, namespace, userTimeoutMs } = client;
  const grpc = client.proxyless ? grpcViewOf(client, mesh, scope, type) : undefined;
  if (grpc !== undefined) return grpc;
  switch (type) {
    case typeUrls.cluster:
      return CLUSTER_VIEW.format(
        CONNECTION.format(place.interception, String(userTimeoutMs)),
        offerKey(audienceKey(mesh, role), clusterScope(scope.rules, client)),
      );
    case typeUrls.endpoint:
      return rankingScope(scope.rules, client);
    case typeUrls.listener:
      return LISTENER_VIEW.format(formatListenerScope({ mesh, role, cluster, namespace }), formatPlace(place));
    case typeUrls.route:
      return ROUTE_VIEW.format(
        place.interception,
        ROUTED.format(formatListenerScope({ mesh, role, cluster, namespace }), sourceScope(scope.sources, client)),
      );
    default:
      return undefined;
  }
}

/** Only clusters and listeners of Envoys are listed. Clients ask for other resources by name. */
export function listedView(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  type: string,
  view: string,
): ListedView | undefined {
  if (isGrpcView(view)) return undefined;
  if (type === typeUrls.cluster) return clusterView(graph, model, envoy, view as ClusterView);
  return type === typeUrls.listener ? listenerView(graph, model, envoy, view as ListenerView) : undefined;
}

function clusterView(graph: Graph, model: MeshModel, envoy: EnvoyTables, view: ClusterView): ListedView {
  const [connection, offer] = CLUSTER_VIEW.parse(view);
  const [interception, userTimeoutMs] = CONNECTION.parse(connection);
  const { clusters } = model.visibility;
  const own = interception === 'REDIRECT' ? interceptionClusterNames : [];
  return {
    list: rowRef(clusters, offer),
    rows: () => [
      ...(graph.read(clusters, offer) ?? []).map((offered) =>
        rowRef(envoy.clusters, encodedClusterKey(offered, Number(userTimeoutMs))),
      ),
      ...own.map((name) => rowRef(envoy.interception.clusters, name)),
    ],
  };
}

/** The port offset of the clients with this view of listeners. */
export function portOffsetOf(view: string): number {
  return isGrpcView(view) ? 0 : parsePlace(LISTENER_VIEW.parse(view as ListenerView)[1]).portOffset;
}

function listenerView(graph: Graph, model: MeshModel, envoy: EnvoyTables, view: ListenerView): ListedView {
  const [client, where] = LISTENER_VIEW.parse(view);
  const [scope, place] = [parseListenerScope(client), parsePlace(where)];
  const audience = audienceKey(scope.mesh, scope.role);
  const { ports } = model.visibility;
  const own = place.interception === 'REDIRECT' ? [interceptionListenerKey(place)] : [];
  const keys = (): readonly ListenerKey[] =>
    [...(graph.read(ports, audience) ?? [])].map(([port, use]) => listenerKey(scope, place, port, use));
  return { list: rowRef(ports, audience), rows: () => [...keys(), ...own].map((key) => rowRef(envoy.listeners, key)) };
}

/** The row of a resource that a client asks for by name. */
export function namedRow(envoy: EnvoyTables, type: string, view: string, name: string): RowRef | undefined {
  if (isGrpcView(view)) return grpcRow(envoy, type, view, name);
  if (type === typeUrls.endpoint) return rowRef(envoy.loadAssignments, loadAssignmentKey(name, view as EndpointView));
  if (type !== typeUrls.route) return undefined;
  const [interception, routed] = ROUTE_VIEW.parse(view as RouteView);
  const [client, sources] = ROUTED.parse(routed);
  const table = interception === 'REDIRECT' ? envoy.interception.routeConfigurations : envoy.routeConfigurations;
  return rowRef(table, routeConfigurationKey({ ...parseListenerScope(client), sources }, name));
}
