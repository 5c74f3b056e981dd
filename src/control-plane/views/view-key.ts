/** The keys of views. Clients with the same resources of a type have the same view. */
import type { ListenerPlace } from '../../envoy/rows/listener-place.js';
import type { ListenerScopeKey, PlaceKey } from '../../envoy/listeners/listener-key.js';
import { type Key, pairCodec, partsCodec } from '../../graph/index.js';
import type { ClientKey } from '../../mesh/clusters/client-key.js';
import type { OfferKey } from '../../mesh/offers/visibility-key.js';
import type { TargetScopeKey } from '../../mesh/offers/grpc-targets.js';
import type { SourceScope } from '../../mesh/policies/selection/source-selectors.js';

/** The interception mode of an Envoy, and the timeout of its connections. */
type ConnectionKey = Key<'connection'>;
type ConnectionParts = readonly [interception: ListenerPlace['interception'], userTimeoutMs: string];

export const CONNECTION = partsCodec<ConnectionKey, ConnectionParts>(2);

export type ClusterView = Key<'view of clusters'>;
export const CLUSTER_VIEW = pairCodec<ClusterView, ConnectionKey, OfferKey>();

export type ListenerView = Key<'view of listeners'>;
export const LISTENER_VIEW = pairCodec<ListenerView, ListenerScopeKey, PlaceKey>();

type RoutedKey = Key<'client of routes'>;
export const ROUTED = pairCodec<RoutedKey, ListenerScopeKey, SourceScope>();

export type RouteView = Key<'view of routes'>;
export const ROUTE_VIEW = pairCodec<RouteView, ListenerPlace['interception'], RoutedKey>();

/** All clients with the same ranking share their load assignments. */
export type EndpointView = ClientKey;

/** Distinguishes views of gRPC clients from those of Envoys. */
type Grpc = 'GRPC';

export type GrpcClusterView = Key<'view of clusters of gRPC clients'>;
const GRPC_CLUSTER_VIEW = pairCodec<GrpcClusterView, Grpc, ClientKey>();

type AskerKey = Key<'client of targets'>;
export const ASKER = pairCodec<AskerKey, TargetScopeKey, SourceScope>();

export type GrpcListenerView = Key<'view of listeners of gRPC clients'>;
const GRPC_LISTENER_VIEW = pairCodec<GrpcListenerView, Grpc, AskerKey>();

export function grpcClusterView(client: ClientKey): GrpcClusterView {
  return GRPC_CLUSTER_VIEW.format('GRPC', client);
}

export function clientOfGrpcView(view: GrpcClusterView): ClientKey {
  return GRPC_CLUSTER_VIEW.parse(view)[1];
}

export function grpcListenerView(scope: TargetScopeKey, sources: SourceScope): GrpcListenerView {
  return GRPC_LISTENER_VIEW.format('GRPC', ASKER.format(scope, sources));
}

export function askerOfGrpcView(view: GrpcListenerView): readonly [scope: TargetScopeKey, sources: SourceScope] {
  return ASKER.parse(GRPC_LISTENER_VIEW.parse(view)[1]);
}

const GRPC_PREFIX = GRPC_CLUSTER_VIEW.format('GRPC', '' as ClientKey);

export function isGrpcView(view: string): boolean {
  return view.startsWith(GRPC_PREFIX);
}
