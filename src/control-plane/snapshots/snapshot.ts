/** The resources for an Envoy that a request describes. */
import { clientScope, meshOf } from '../clients/client-scope.js';
import type { RowRef } from '../views/row-ref.js';
import type { EncodedMessage } from '../../envoy/rows/encoded-message.js';
import type { EnvoyTables } from '../../envoy/tables.js';
import type { Graph } from '../../graph/index.js';
import type { MeshModel } from '../../mesh/tables.js';
import { type EnvoyMessageName, decodeEnvoyMessageInSteps } from '../../proto/envoy-types.js';
import { compareText } from '../../api/resource.js';
import type { XdsNode } from '../../xds/index.js';
import type { SnapshotQuery, SnapshotResources } from '../api/api.js';
import { toClient } from '../clients/client.js';
import { clustersFor } from './grpc-snapshot.js';
import { resourceTypes, typeUrls } from '../views/resource-types.js';
import { listedView, namedRow, viewOf } from '../views/views.js';
import { audienceKey } from '../../mesh/offers/visibility-key.js';

export function snapshotFor(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  query: SnapshotQuery,
): Generator<void, SnapshotResources> {
  return snapshotOf(graph, model, envoy, toNode(query), query.targets ?? []);
}

/**
 * A step for each row, and for each message or a part of a large one.
 * @param targets the targets of a gRPC client
 */
export function* snapshotOf(
  graph: Graph,
  model: MeshModel,
  envoy: EnvoyTables,
  node: XdsNode,
  targets: readonly string[],
): Generator<void, SnapshotResources> {
  const client = toClient(node);
  const mesh = meshOf(graph, model, client);
  const scope = clientScope(graph, model);
  const listed = (typeUrl: string): Generator<void, readonly EncodedMessage[]> => {
    const view = listedView(graph, model, envoy, typeUrl, viewOf(client, mesh, scope, typeUrl) ?? '');
    return readRows(graph, view?.rows() ?? []);
  };
  const named = (typeUrl: string, names: readonly string[]): Generator<void, readonly EncodedMessage[]> => {
    const view = viewOf(client, mesh, scope, typeUrl) ?? '';
    return readRows(
      graph,
      names.flatMap((name) => namedRow(envoy, typeUrl, view, name) ?? []),
    );
  };
  const listeners = yield* client.proxyless ? named(typeUrls.listener, targets) : listed(typeUrls.listener);
  const clusters = yield* client.proxyless
    ? clustersFor(listeners, (names) => named(typeUrls.cluster, names))
    : listed(typeUrls.cluster);
  const ports = client.proxyless
    ? []
    : [...(graph.read(model.visibility.httpHosts, audienceKey(mesh, client.role))?.keys() ?? [])];
  const routes = yield* named(typeUrls.route, ports.map(String));
  const endpoints = yield* named(
    typeUrls.endpoint,
    clusters.map(({ name }) => name),
  );
  return {
    listeners: yield* toJson(resourceTypes.listener, listeners),
    routes: yield* toJson(resourceTypes.route, routes),
    clusters: yield* toJson(resourceTypes.cluster, clusters),
    endpoints: yield* toJson(resourceTypes.endpoint, endpoints),
  };
}

/** The node of the described Envoy. */
export function toNode(query: SnapshotQuery): XdsNode {
  const {
    nodeId,
    region = '',
    zone = '',
    subZone = '',
    cluster = '',
    labels = {},
    metadata = {},
    targets = [],
  } = query;
  return {
    id: nodeId,
    cluster,
    locality: { region, zone, subZone },
    metadata: { ...metadata, ...(Object.keys(labels).length > 0 && { LABELS: labels }) },
    userAgentName: targets.length > 0 ? 'gRPC' : 'lifeboat',
    userAgentVersion: '',
    clientFeatures: [],
  };
}

function* readRows(graph: Graph, rows: readonly RowRef[]): Generator<void, readonly EncodedMessage[]> {
  const messages: EncodedMessage[] = [];
  for (const { table, key } of rows) {
    const message = graph.read(table, key);
    // Messages that Envoy would reject are not sent.
    if (message !== undefined && message.rejection === undefined) messages.push(message);
    yield;
  }
  return messages;
}

function* toJson(name: EnvoyMessageName, messages: readonly EncodedMessage[]): Generator<void, readonly unknown[]> {
  const decoded: unknown[] = [];
  for (const { bytes } of [...messages].sort((a, b) => compareText(a.name, b.name))) {
    decoded.push(yield* decodeEnvoyMessageInSteps(name, bytes));
    yield;
  }
  return decoded;
}
