/** The options of an xDS server. */
import type { Authenticator } from './protocol/authentication.js';
import type { XdsEvents } from './streams/events.js';
import type { XdsLimits } from './protocol/limits.js';
import type { LoadReporting } from './lrs/load-reporting.js';
import type { ResourceProvider } from './resources/provider.js';
import type { SideService } from './side-services.js';

/** The part of a pino logger that is used. */
export interface XdsLogger {
  error(details: object, message: string): void;
}

/** All options except the provider are optional. */
export interface XdsServerOptions {
  /** The source of the resources: a `ResourceStore`, or a provider that makes resources when clients ask for them. */
  readonly provider: ResourceProvider;
  /**
   * While it returns false, new streams end with UNAVAILABLE, so that no client gets an incomplete set of resources. Must not throw.
   * Default: always ready.
   */
  readonly ready?: () => boolean;
  /**
   * Says who each client is, before anything is allocated for its call; health checks are answered without. Default: clients are not
   * authenticated beyond what TLS does, and every client may be every node.
   */
  readonly authenticate?: Authenticator;
  /** Called for events of streams. Default: none. */
  readonly events?: XdsEvents;
  /** Logs only errors that the server, the provider or an event handler throws. Default: none. */
  readonly logger?: XdsLogger;
  /** The share of the heap limit that is in use, which `maxHeapUse` bounds; asked for at most four times a second. Default: as V8 has it. */
  readonly heapUse?: () => number;
  /** Those that are not given are `DEFAULT_LIMITS`. */
  readonly limits?: Partial<XdsLimits>;
  /**
   * Whether a resource that a client rejects is withheld from clients that do not have it yet. They get the last accepted version instead, until
   * the resource changes. A NACK about the client's own host affects that client only. Default: true.
   */
  readonly isolateNacks?: boolean;
  /** Load reports of clients. Default: none are requested. */
  readonly loadReports?: LoadReporting;
  /** Further services. Default: all. Leave out those that the grpc-js server in `addTo` already has. */
  readonly services?: readonly SideService[];
}
