/** Keys of what gRPC clients get. They ask for everything by name, and a name is whatever somebody asks for, so it comes last. */
import { type Key, pairCodec } from '../../graph/index.js';
import type { ClientKey } from '../../mesh/clusters/client-key.js';
import type { ClusterKey } from '../../mesh/model/cluster-key.js';
import { type GrpcTargetKey, grpcTargetKey } from '../../mesh/offers/grpc-targets.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';
import type { RouteScope } from '../rows/client-scope.js';

/** A client as `clusterScope` gives it, and the name of a cluster. */
export type GrpcClusterKey = Key<'cluster of a gRPC client'>;

const GRPC_CLUSTER = pairCodec<GrpcClusterKey, ClientKey, string>();

export const grpcClusterKey = GRPC_CLUSTER.format;
export const parseGrpcCluster = GRPC_CLUSTER.parse;

/** The source selectors that the client matches, and what it asks for. */
export type ApiListenerKey = Key<'API listener'>;

const API_LISTENER = pairCodec<ApiListenerKey, SourceScope, GrpcTargetKey>();

export function apiListenerKey(scope: RouteScope, name: string): ApiListenerKey {
  return API_LISTENER.format(scope.sources, grpcTargetKey(scope, name));
}

export const parseApiListener = API_LISTENER.parse;

/** The message of an API listener: the cluster that it leads to, the source selectors that count, and its name. */
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
