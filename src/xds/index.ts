/** The xDS server as a library: `lifeboat/xds`, described in docs/library.md. Only exports of this file are part of the interface. */
export type { Authenticator } from './protocol/authentication.js';
export type { Mode } from './protocol/mode.js';
export { speaksOfHost } from './streams/nack-attribution.js';
export type { Collection } from './resources/collection.js';
export type { Digest } from './protocol/digest.js';
export type { SentResponse, XdsClient, XdsEvents } from './streams/events.js';
export { MAX_GRPC_MESSAGE, type OversizedResponse } from './streams/oversized-responses.js';
export type { RejectedResource } from './streams/nack-isolation.js';
export { LIMIT_NAMES, type LimitName } from './transport/limit-name.js';
export { DEFAULT_LIMITS, type XdsLimits } from './protocol/limits.js';
export type {
  ClusterLoad,
  EndpointLoad,
  LoadReport,
  LocalityLoad,
  NodeLoad,
  RequestCounts,
} from './lrs/load-report.js';
export type { AskedClusters, LoadReporting } from './lrs/load-reporting.js';
export { type MessageType, type ResourceAny, encodeAny, encodeMessage } from './resources/message.js';
export type { XdsLocality, XdsNode } from './wire/xds-node.js';
export { printable, shortId } from './wire/words.js';
export type { OpenCollection, ResourceProvider } from './resources/provider.js';
export { type References, referencesOf } from './resources/references.js';
export { type EncodedResource, type ResourceOptions, contentVersion, encodeResource } from './resources/resource.js';
export type { XdsListener } from './protocol/listeners.js';
export { XdsServer } from './server.js';
export type { XdsLogger, XdsServerOptions } from './server-options.js';
export type { XdsServerStats } from './server-stats.js';
export type { Nack } from './holdings/exception.js';
export type { SideService } from './side-services.js';
export type { ClientStatus, ConfigStatus, TypeStatus } from './subscriptions/status.js';
export { DEFAULT_VIEW, ResourceStore, type ResourceStoreOptions } from './resources/store.js';
export { TLS_CIPHERS } from './transport/sockets.js';
export type { ConnectionOptions } from './transport/http2-connection.js';
export type { ClientCredentials } from './identities/credentials.js';
export type { Principal } from './identities/principal.js';
export type { ListenOptions, TlsOptions, Transport } from './transport/listen-options.js';
export {
  type MessageSink,
  type MessageStream,
  type MethodHandler,
  type Methods,
  STATUS,
  type StatusCode,
  StreamError,
} from './transport/message-stream.js';
export {
  CLUSTER,
  CLUSTER_LOAD_ASSIGNMENT,
  EXTENSION_CONFIG,
  LISTENER,
  ROUTE_CONFIGURATION,
  RUNTIME,
  SCOPED_ROUTE_CONFIGURATION,
  SECRET,
  VIRTUAL_HOST,
  shortTypeName,
} from './protocol/type-urls.js';
