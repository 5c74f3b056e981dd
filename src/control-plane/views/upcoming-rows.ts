/**
 * The rows that a client will need when it subscribes to a type, in an order in which each is computed quickly, because those that it reads
 * were computed before. Otherwise the first client of a view would have all of them computed in one turn of the event loop.
 */
import { virtualHostsOf } from '../../envoy/routes/route-tables.js';
import type { RouteConfigurationKey } from '../../envoy/routes/route-key.js';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { EnvoyTables } from '../../envoy/tables.js';
import type { Graph } from '../../graph/index.js';
import type { MeshModel } from '../../mesh/tables.js';
import { type AudienceKey, audienceKey, parseOffer } from '../../mesh/offers/visibility-key.js';
import { parseListenerScope } from '../../envoy/listeners/listener-key.js';
import { typeUrls } from './resource-types.js';
import { type RowRef, rowRef } from './row-ref.js';
import { CLUSTER_VIEW, type ClusterView, LISTENER_VIEW, type ListenerView } from './view-key.js';
import { type ListedView, listedView, namedRow } from './views.js';

/** Computes rows and keeps them. */
export interface Keeper {
  row<Row>(ref: RowRef<Row>): Row | undefined;
  /** A row that is sent as a resource of this type, which is encoded too. */
  resource(typeUrl: string, ref: RowRef): EncodedMessage | undefined;
}

export interface UpcomingSources {
  readonly graph: Graph;
  readonly model: MeshModel;
  readonly envoy: EnvoyTables;
}

/** The view of a client for a type. */
export type ViewOf = (typeUrl: string) => string;

/**
 * Keeps all rows of a type whose resources are listed, and those that they name, which the client asks for next: the endpoints of clusters,
 * the routes of listeners. One row per step. `undefined` for other types: the client names what it needs, which may be little.
 */
export function upcomingRows(
  sources: UpcomingSources,
  viewOf: ViewOf,
  typeUrl: string,
): ((keep: Keeper) => Generator<void, void>) | undefined {
  const { graph, model, envoy } = sources;
  const listed = listedView(graph, model, envoy, typeUrl, viewOf(typeUrl));
  if (listed === undefined) return undefined;
  return (keep) =>
    typeUrl === typeUrls.cluster
      ? clusterRows(sources, viewOf, listed, keep)
      : listenerRows(sources, viewOf, listed, keep);
}

function* clusterRows(
  sources: UpcomingSources,
  viewOf: ViewOf,
  listed: ListedView,
  keep: Keeper,
): Generator<void, void> {
  const [audience] = parseOffer(CLUSTER_VIEW.parse(viewOf(typeUrls.cluster) as ClusterView)[1]);
  yield* offeredRows(sources, audience, keep);
  const messages = yield* listedRows(typeUrls.cluster, listed, keep);
  const view = viewOf(typeUrls.endpoint);
  for (const { endpoints } of messages) {
    const row = endpoints === undefined ? undefined : namedRow(sources.envoy, typeUrls.endpoint, view, endpoints);
    if (row === undefined) continue;
    keep.resource(typeUrls.endpoint, row);
    yield;
  }
}

/** What the list of clusters reads of each: without it, the list would be one long step. */
function* offeredRows({ model }: UpcomingSources, audience: AudienceKey, keep: Keeper): Generator<void, void> {
  const ports = keep.row(rowRef(model.visibility.ports, audience));
  yield;
  for (const { http, tls } of ports?.values() ?? [])
    for (const cluster of [...http, ...tls]) {
      keep.row(rowRef(model.clusters.clusters, cluster));
      keep.row(rowRef(model.routes.references, cluster));
      yield;
    }
}

function* listenerRows(
  sources: UpcomingSources,
  viewOf: ViewOf,
  listed: ListedView,
  keep: Keeper,
): Generator<void, void> {
  const { model, envoy } = sources;
  yield* listedRows(typeUrls.listener, listed, keep);
  const { mesh, role } = parseListenerScope(LISTENER_VIEW.parse(viewOf(typeUrls.listener) as ListenerView)[0]);
  const ports = keep.row(rowRef(model.visibility.httpHosts, audienceKey(mesh, role)));
  const view = viewOf(typeUrls.route);
  for (const port of ports?.keys() ?? []) {
    const row = namedRow(envoy, typeUrls.route, view, String(port));
    if (row === undefined) continue;
    yield* virtualHostRows(sources, row.key as string as RouteConfigurationKey, keep);
    keep.resource(typeUrls.route, row);
    yield;
  }
}

function* virtualHostRows(
  { graph, model, envoy }: UpcomingSources,
  key: RouteConfigurationKey,
  keep: Keeper,
): Generator<void, void> {
  const hosts = virtualHostsOf((table, of) => graph.read(table, of), model, key) ?? [];
  yield;
  for (const host of hosts) {
    keep.row(rowRef(envoy.virtualHosts, host));
    yield;
  }
}

function* listedRows(typeUrl: string, listed: ListedView, keep: Keeper): Generator<void, readonly EncodedMessage[]> {
  keep.row(listed.list);
  yield;
  const messages: EncodedMessage[] = [];
  for (const row of listed.rows()) {
    const message = keep.resource(typeUrl, row);
    if (message !== undefined) messages.push(message);
    yield;
  }
  return messages;
}
