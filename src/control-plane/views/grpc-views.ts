/** Which rows a gRPC client's resources are. It names everything that it wants, and may not be told of anything else. */
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

/** `undefined` for types in which a gRPC client is like an Envoy, and shares its view: endpoints first of all. */
export function grpcViewOf(client: Client, mesh: MeshKey, scope: ClientScope, type: string): string | undefined {
  if (type === typeUrls.cluster) return grpcClusterView(clusterScope(scope.rules, client));
  if (type !== typeUrls.listener) return undefined;
  return grpcListenerView(formatTargetScope({ ...client, mesh }), sourceScope(scope.sources, client));
}

/** The row of a resource with that name. */
export function grpcRow({ grpc: tables }: EnvoyTables, type: string, view: string, name: string): RowRef | undefined {
  if (type === typeUrls.cluster)
    return rowRef(tables.clusters, grpcClusterKey(clientOfGrpcView(view as GrpcClusterView), name));
  if (type !== typeUrls.listener) return undefined;
  const [scope, sources] = askerOfGrpcView(view as GrpcListenerView);
  return rowRef(tables.listeners, apiListenerKey({ ...parseTargetScope(scope), sources }, name));
}
