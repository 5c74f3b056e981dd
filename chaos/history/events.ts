/** What happens in a chaos run, as it is seen from outside the server: on its streams, at the Envoys, and in traffic. */

/** An event. The history has them in the order in which they were seen. */
export type HistoryEvent = { readonly at: number } & Happening;

/** What happened. `at` of the event is in milliseconds since the beginning of the run. */
export type Happening =
  | OperationDone
  | StreamOpened
  | StreamEnded
  | RequestPassed
  | ResponsePassed
  | ProxyChanged
  | EndpointChanged
  | RequestFailed
  | ConfigurationHeld
  | MemoryMeasured
  | RunEnded;

/** What the run did, for people to read. */
export interface OperationDone {
  readonly kind: 'operation';
  readonly text: string;
}

/** The resident memory of the control plane, before the first operation or after everything was mended. */
export interface MemoryMeasured {
  readonly kind: 'memory';
  readonly when: 'before' | 'after';
  readonly bytes: number;
}

/** The first request of an ADS stream said who the client is. */
export interface StreamOpened {
  readonly kind: 'stream';
  readonly stream: number;
  readonly proxy: string;
}

/** State of the world or incremental. */
export type Mode = 'sotw' | 'delta';

export interface StreamEnded {
  readonly kind: 'stream-end';
  readonly stream: number;
}

/** A request was passed on to the server. */
export interface RequestPassed {
  readonly kind: 'request';
  readonly stream: number;
  readonly typeUrl: string;
  /** State of the world: `resource_names`. */
  readonly names: readonly string[];
  /** Incremental. */
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** Incremental: `initial_resource_versions`. */
  readonly holds: Readonly<Record<string, string>>;
  readonly nonce: string;
  /** The message of a NACK. */
  readonly error?: string;
}

/** A response was passed on to the Envoy. */
export interface ResponsePassed {
  readonly kind: 'response';
  readonly stream: number;
  readonly mode: Mode;
  readonly typeUrl: string;
  readonly nonce: string;
  /** `version_info` or `system_version_info`. */
  readonly version: string;
  readonly resources: readonly SentResource[];
  readonly removed: readonly string[];
}

export interface SentResource {
  readonly name: string;
  /** Incremental only. */
  readonly version: string;
  /** A hash of the bytes. */
  readonly content: string;
  /** Routes and listeners: the clusters that they name. */
  readonly clusters?: readonly string[];
  /** Routes: the clusters that requests for a host may go to, by its domains. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** Clusters: the name of their load assignment. */
  readonly assignment?: string;
  /** Load assignments: `ADDRESS:PORT` of the endpoints of all tiers. */
  readonly endpoints?: readonly string[];
}

/** An Envoy was stopped, or runs again. What it held is gone. */
export interface ProxyChanged {
  readonly kind: 'proxy';
  readonly proxy: string;
  readonly up: boolean;
}

/** An endpoint answers (`up`), or may not: recorded before it fails, and after it has recovered. */
export interface EndpointChanged {
  readonly kind: 'endpoint';
  readonly endpoint: string;
  readonly up: boolean;
}

/** A request to an Envoy was not answered with 2xx. */
export interface RequestFailed {
  readonly kind: 'failure';
  readonly proxy: string;
  readonly host: string;
  /** When it was sent, in milliseconds since the beginning of the run. */
  readonly sentAt: number;
  readonly reason: string;
}

/** What an Envoy holds at the end, or what a control plane that has just started computes for it: hashes by `KIND/NAME`. */
export interface ConfigurationHeld {
  readonly kind: 'held';
  readonly proxy: string;
  readonly by: 'envoy' | 'fresh';
  readonly resources: Readonly<Record<string, string>>;
}

/** The end of traffic. A history without it is cut off. */
export interface RunEnded {
  readonly kind: 'end';
  /** Requests by Envoy. */
  readonly requests: Readonly<Record<string, number>>;
  /** By Envoy: requests that failed after their last permitted retry (`upstream_rq_retry_limit_exceeded`). */
  readonly exhausted: Readonly<Record<string, number>>;
}
