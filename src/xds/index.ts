/** The xDS server as a library: `lifeboat/xds`. What is not exported here is nobody's business. */
export type { Collection } from './collection.js';
export type { SentResponse, XdsClient, XdsEvents } from './events.js';
export type { RefusedResource } from './isolation.js';
export { DEFAULT_LIMITS, type XdsLimits } from './limits.js';
export type {
  ClusterLoad,
  EndpointLoad,
  LoadReport,
  LocalityLoad,
  NodeLoad,
  RequestCounts,
} from './lrs/load-report.js';
export type { AskedClusters, LoadReporting } from './lrs/load-reporting.js';
export type { XdsLocality, XdsNode } from './node.js';
export type { OpenCollection, ResourceProvider } from './provider.js';
export { type EncodedResource, type ResourceOptions, contentVersion, encodeResource } from './resource.js';
export { XdsServer, type XdsListener, type XdsLogger, type XdsServerOptions, type XdsServerStats } from './server.js';
export type { Refusal } from './refusals.js';
export type { SideService } from './side-services.js';
export type { ClientStatus, SyncState, TypeStatus } from './status.js';
export { DEFAULT_VIEW, ResourceStore, type ResourceStoreOptions } from './store.js';
export type { ListenOptions, TlsOptions } from './transport/http2-listener.js';
export { type MessageSink, type MessageStream, type Methods, STATUS, StreamError } from './transport/message-stream.js';
export * from './type-urls.js';
