/** Which rows a client's resources are. Clients for which the result is the same have the same view, and share rows and bytes. */
import type { ListenerScope } from '../envoy/client-scope.js';
import { clusterKey } from '../envoy/cluster-key.js';
import type { EnvoyTables } from '../envoy/tables.js';
import { routeConfigurationKey } from '../envoy/tables.js';
import { interceptionClusterNames } from '../envoy/interception-tables.js';
import { formatPlace, interceptionListenerKey, listenerKey, parsePlace } from '../envoy/listeners.js';
import type { Graph, Table } from '../graph/index.js';
import { clusterScope, rankingScope } from '../mesh/clusters/client-scope.js';
import { joinKey, pairKey, splitKey, splitPair } from '../mesh/model/key.js';
import { sourceScope } from '../mesh/policies/source-selectors.js';
import type { MeshModel } from '../mesh/tables.js';
import { audience } from '../mesh/offers/visibility.js';
import type { ClientScope } from './client-scope.js';
import type { Client } from './client.js';
import { grpcRow, grpcViewOf, isGrpcView } from './grpc-views.js';
import { typeUrls } from './resource-types.js';
import type { RowRef } from './row-ref.js';

/** Types whose resources are all listed: the rows of a view, as they are now. */
export interface ListedView {
  /** A change of this row changes the list. */
  readonly list: { readonly table: Table<string, unknown>; readonly key: string };
  rows(): readonly RowRef[];
}

/** The view of a client for a type; `undefined` for types that are not served. */
export function viewOf(client: Client, mesh: string, scope: ClientScope, type: string): string | undefined {
  const { role, place, cluster, namespace } = client;
  const grpc = client.proxyless ? grpcViewOf(client, mesh, scope, type) : undefined;
  if (grpc !== undefined) return grpc;
  switch (type) {
    case typeUrls.cluster:
      return pairKey(
        joinKey(place.interception, String(client.userTimeoutMs)),
        pairKey(audience(mesh, role), clusterScope(scope.rules, client)),
      );
    case typeUrls.endpoint:
      return rankingScope(scope.rules, client);
    case typeUrls.listener:
      return pairKey(joinKey(mesh, role, cluster, namespace), formatPlace(place));
    case typeUrls.route:
      return pairKey(
        place.interception,
        pairKey(joinKey(mesh, role, cluster, namespace), sourceScope(scope.sources, client)),
      );
    default:
      return undefined;
  }
}

/** Envoys' clusters and listeners are listed; all else is asked for by name. */
export function listedView(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  type: string,
  view: string,
): ListedView | undefined {
  if (isGrpcView(view)) return undefined;
  if (type === typeUrls.cluster) return clusterView(graph, model, envoy, view);
  return type === typeUrls.listener ? listenerView(graph, model, envoy, view) : undefined;
}

function clusterView(graph: Graph, model: MeshModel, envoy: EnvoyTables, view: string): ListedView {
  const [connection, key] = splitPair(view);
  const [interception, userTimeoutMs] = splitKey(connection);
  const list = { table: model.visibility.clusters, key };
  const own = interception === 'REDIRECT' ? interceptionClusterNames : [];
  return {
    list,
    rows: () => [
      ...(graph.read(list.table, key) ?? []).map((offered) => ({
        table: envoy.clusters,
        key: clusterKey(offered, Number(userTimeoutMs)),
      })),
      ...own.map((name) => ({ table: envoy.interception.clusters, key: name })),
    ],
  };
}

/** What clients of this view of listeners add to the ports of the model. */
export function portOffsetOf(view: string): number {
  return isGrpcView(view) ? 0 : parsePlace(splitPair(view)[1]).portOffset;
}

function listenerView(graph: Graph, model: MeshModel, envoy: EnvoyTables, view: string): ListedView {
  const scope = toListenerScope(splitPair(view)[0]);
  const place = parsePlace(splitPair(view)[1]);
  const list = { table: model.visibility.ports, key: audience(scope.mesh, scope.role) };
  const own = place.interception === 'REDIRECT' ? [interceptionListenerKey(place)] : [];
  const keys = (): readonly string[] =>
    [...(graph.read(list.table, list.key) ?? [])].map(([port, use]) => listenerKey(scope, place, port, use));
  return { list, rows: () => [...keys(), ...own].map((key) => ({ table: envoy.listeners, key })) };
}

function toListenerScope(key: string): ListenerScope {
  const [mesh, role, cluster, namespace] = splitKey(key);
  return { mesh, role: role === 'gateway' ? 'gateway' : 'sidecar', cluster, namespace };
}

/** The row of a resource that is asked for by name. */
export function namedRow(envoy: EnvoyTables, type: string, view: string, name: string): RowRef | undefined {
  if (isGrpcView(view)) return grpcRow(envoy, type, view, name);
  if (type === typeUrls.endpoint) return { table: envoy.loadAssignments, key: pairKey(name, view) };
  if (type !== typeUrls.route) return undefined;
  const [interception, rest] = splitPair(view);
  const [client, sources] = splitPair(rest);
  const table = interception === 'REDIRECT' ? envoy.interception.routeConfigurations : envoy.routeConfigurations;
  return { table, key: routeConfigurationKey({ ...toListenerScope(client), sources }, name) };
}
