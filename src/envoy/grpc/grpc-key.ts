/** Keys for gRPC clients. They ask for every resource by name. A name comes last, because it may be any text. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClientKey } from '../../mesh/clusters/client-key.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import { type GrpcTargetKey, grpcTargetKey } from '../../mesh/offers/grpc-targets.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';
import type { RouteScope } from '../rows/client-scope.js';

/** The client as `clusterScope` formats it, and the name of a cluster. */
export type GrpcClusterKey = Key<'cluster of a gRPC client'>;

const GRPC_CLUSTER = pairCodec<GrpcClusterKey, ClientKey, string>();

export const grpcClusterKey = GRPC_CLUSTER.format;
export const parseGrpcCluster = GRPC_CLUSTER.parse;

/** The source selectors that the client matches, and the target that it asks for. */
export type ApiListenerKey = Key<'API listener'>;

const API_LISTENER = pairCodec<ApiListenerKey, SourceScope, GrpcTargetKey>();

export function apiListenerKey(scope: RouteScope, name: string): ApiListenerKey {
  return API_LISTENER.format(scope.sources, grpcTargetKey(scope, name));
}

export const parseApiListener = API_LISTENER.parse;

/** The message of an API listener: its cluster, the source selectors that its routes depend on, and its name. */
export type EncodedApiListenerKey = Key<'encoded API listener'>;

type NamedKey = Key<'name of an API listener'>;

const NAMED = pairCodec<NamedKey, SourceScope, string>();
const ENCODED = pairCodec<EncodedApiListenerKey, ClusterKey, NamedKey>();

export function encodedApiListenerKey(cluster: ClusterKey, sources: SourceScope, name: string): EncodedApiListenerKey {
  return ENCODED.format(cluster, NAMED.format(sources, name));
}

export function parseEncodedApiListener(
  key: EncodedApiListenerKey,
): readonly [cluster: ClusterKey, sources: SourceScope, name: string] {
  const [cluster, named] = ENCODED.parse(key);
  return [cluster, ...NAMED.parse(named)];
}
