/** The options of an xDS server. */
import type { XdsEvents } from './streams/events.js';
import type { XdsLimits } from './protocol/limits.js';
import type { LoadReporting } from './lrs/load-reporting.js';
import type { ResourceProvider } from './resources/provider.js';
import type { SideService } from './side-services.js';

/** The part of a pino logger that is used. */
export interface XdsLogger {
  error(details: object, message: string): void;
}

/** All but the provider are optional. */
export interface XdsServerOptions {
  /** Where the resources come from: a `ResourceStore`, or a provider that makes them as they are asked for. */
  readonly provider: ResourceProvider;
  /**
   * While it answers false, new streams end with UNAVAILABLE, so that no client gets an incomplete set of resources. Must not throw.
   * Default: always ready.
   */
  readonly ready?: () => boolean;
  /** Called for events of streams. Default: none. */
  readonly events?: XdsEvents;
  /** Logs errors that the server, the provider or a handler of events throws, and nothing else. Default: none. */
  readonly logger?: XdsLogger;
  /** The share of the heap limit that is in use, which `maxHeapUse` bounds; asked for at most four times a second. Default: as V8 has it. */
  readonly heapUse?: () => number;
  /** Those that are not given are `DEFAULT_LIMITS`. */
  readonly limits?: Partial<XdsLimits>;
  /**
   * Whether a resource that a client refuses is withheld from those that have not got it yet: they keep the last version that
   * somebody accepted, until the resource changes. Refusals that speak of the client's own host count for that client alone.
   * Default: true.
   */
  readonly isolateRefusals?: boolean;
  /** What clients report of their load. Default: they are asked for nothing. */
  readonly loadReports?: LoadReporting;
  /** The services beside discovery. Default: all; leave out what a grpc-js server in `addTo` has of its own. */
  readonly services?: readonly SideService[];
}
