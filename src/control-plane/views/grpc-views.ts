/** The rows for gRPC clients. They ask for each resource by name, and must not get any other. */
import { type RowRef, rowRef } from './row-ref.js';
import {
  type GrpcClusterView,
  type GrpcListenerView,
  askerOfGrpcView,
  clientOfGrpcView,
  grpcClusterView,
  grpcListenerView,
} from './view-key.js';
import type { ClientScope } from '../clients/client-scope.js';
import type { EnvoyTables } from '../../envoy/tables.js';
import { clusterScope } from '../../mesh/clusters/client-scope.js';
import { sourceScope } from '../../mesh/policies/selection/source-selectors.js';
import { formatTargetScope, parseTargetScope } from '../../mesh/offers/grpc-targets.js';
import type { Client } from '../clients/client.js';
import { typeUrls } from './resource-types.js';
import type { MeshKey } from '../../mesh/model/object-key.js';
import { grpcClusterKey, apiListenerKey } from '../../envoy/grpc/grpc-key.js';

/** `undefined` for types whose view a gRPC client shares with Envoys, such as endpoints. */
export function grpcViewOf(client: Client, mesh: MeshKey, scope: ClientScope, type: string): string | undefined {
  if (type === typeUrls.cluster) return grpcClusterView(clusterScope(scope.rules, client));
  if (type !== typeUrls.listener) return undefined;
  return grpcListenerView(formatTargetScope({ ...client, mesh }), sourceScope(scope.sources, client));
}

/** The row of the resource with this name. */
export function grpcRow({ grpc: tables }: EnvoyTables, type: string, view: string, name: string): RowRef | undefined {
  if (type === typeUrls.cluster)
    return rowRef(tables.clusters, grpcClusterKey(clientOfGrpcView(view as GrpcClusterView), name));
  if (type !== typeUrls.listener) return undefined;
  const [scope, sources] = askerOfGrpcView(view as GrpcListenerView);
  return rowRef(tables.listeners, apiListenerKey({ ...parseTargetScope(scope), sources }, name));
}
