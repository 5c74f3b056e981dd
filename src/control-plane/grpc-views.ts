/** Which rows a gRPC client's resources are. It names everything that it wants, and may not be told of anything else. */
import type { RowRef } from './row-ref.js';
import type { ClientScope } from './client-scope.js';
import type { EnvoyTables } from '../envoy/tables.js';
import { apiListenerKey } from '../envoy/grpc-tables.js';
import { clusterScope } from '../mesh/clusters/client-scope.js';
import { pairKey, splitPair } from '../mesh/model/key.js';
import { sourceScope } from '../mesh/policies/source-selectors.js';
import { formatTargetScope, parseTargetScope } from '../mesh/offers/targets.js';
import type { Client } from './client.js';
import { typeUrls } from './resource-types.js';

/** No view of an Envoy begins so. */
const GRPC = 'GRPC';

/** `undefined` for types in which a gRPC client is like an Envoy, and shares its view: endpoints first of all. */
export function grpcViewOf(client: Client, mesh: string, scope: ClientScope, type: string): string | undefined {
  if (type === typeUrls.cluster) return pairKey(GRPC, clusterScope(scope.rules, client));
  if (type !== typeUrls.listener) return undefined;
  return pairKey(GRPC, pairKey(formatTargetScope({ ...client, mesh }), sourceScope(scope.sources, client)));
}

export function isGrpcView(view: string): boolean {
  return view.startsWith(pairKey(GRPC, ''));
}

/** The row of a resource with that name. */
export function grpcRow({ grpc: tables }: EnvoyTables, type: string, view: string, name: string): RowRef | undefined {
  if (type === typeUrls.cluster) return { table: tables.clusters, key: pairKey(name, splitPair(view)[1]) };
  if (type !== typeUrls.listener) return undefined;
  const [scope, sources] = splitPair(splitPair(view)[1]);
  return { table: tables.listeners, key: apiListenerKey({ ...parseTargetScope(scope), sources }, name) };
}
