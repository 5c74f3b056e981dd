/** What an Envoy that is described, connected or not, would be sent. */
import { type EncodedMessage, type EnvoyTables, routeConfigurationKey } from '../envoy/tables.js';
import type { Graph, Table } from '../graph/index.js';
import { rankingScope } from '../mesh/client-scope.js';
import { pairKey } from '../mesh/key.js';
import { sourceScope } from '../mesh/source-selectors.js';
import type { MeshModel } from '../mesh/tables.js';
import { audience } from '../mesh/visibility.js';
import { type EnvoyMessageName, decodeMessage } from '../proto/envoy-types.js';
import { compareText } from '../api/resource.js';
import type { XdsNode } from '../xds/index.js';
import type { Snapshot, SnapshotQuery } from './api.js';
import { toClient } from './client.js';
import { clientScope, listedView, meshOf, resourceTypes, typeUrls, viewOf } from './views.js';

export function snapshotFor(graph: Graph, model: MeshModel, envoy: EnvoyTables, query: SnapshotQuery): Snapshot {
  const client = toClient(toNode(query));
  const mesh = meshOf(graph, model, client);
  const scope = clientScope(graph, model);
  const listed = (typeUrl: string): readonly EncodedMessage[] => {
    const view = listedView(graph, model, envoy, typeUrl, viewOf(client, mesh, scope, typeUrl) ?? '');
    return (view?.rows() ?? []).flatMap(({ table, key }) => graph.read(table, key) ?? []);
  };
  const clusters = listed(typeUrls.cluster);
  const ports = [...(graph.read(model.visibility.httpHosts, audience(mesh, client.role))?.keys() ?? [])];
  const routes = { mesh, role: client.role, cluster: client.cluster, namespace: client.namespace, sources: sourceScope(scope.sources, client) };
  return {
    listeners: toJson(resourceTypes.listener, listed(typeUrls.listener)),
    routes: toJson(resourceTypes.route, rows(graph, envoy.routeConfigurations, ports.map((port) => routeConfigurationKey(routes, String(port))))),
    clusters: toJson(resourceTypes.cluster, clusters),
    endpoints: toJson(resourceTypes.endpoint, rows(graph, envoy.loadAssignments, clusters.map(({ name }) => pairKey(name, rankingScope(scope.rules, client))))),
  };
}

/** The node of such an Envoy. */
export function toNode({ nodeId, region = '', zone = '', subZone = '', cluster = '', labels = {}, metadata = {} }: SnapshotQuery): XdsNode {
  return {
    id: nodeId,
    cluster,
    locality: { region, zone, subZone },
    metadata: { ...metadata, LABELS: labels },
    userAgentName: 'lifeboat',
    userAgentVersion: '',
    clientFeatures: [],
  };
}

function rows(graph: Graph, table: Table<EncodedMessage>, keys: readonly string[]): readonly EncodedMessage[] {
  return keys.flatMap((key) => graph.read(table, key) ?? []);
}

function toJson(name: EnvoyMessageName, messages: readonly EncodedMessage[]): readonly unknown[] {
  return [...messages].sort((a, b) => compareText(a.name, b.name)).map(({ bytes }) => decodeMessage(name, bytes));
}
