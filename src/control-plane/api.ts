/** What the control plane offers to the commands and the admin address. Plain data in and out; knows neither HTTP nor `process`. */
import type { Position } from '../api/resource.js';
import type { Severity } from '../api/diagnostic.js';

/** A finding with its position, as `lifeboat check` prints it. Resource fields are empty when the file itself is at fault. */
export interface Finding extends Position {
  readonly severity: Severity;
  readonly code: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `spec.port.number`; empty for the resource as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A resource as it was written, with the status that the control plane gives it. */
export interface ResourceWithStatus {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface ResourceQuery {
  /** Compared without regard to case; plural accepted. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Whether an Envoy holds what it was sent. */
export type SyncState = 'SYNCED' | 'NOT SENT' | 'STALE' | 'NACK';

export interface ProxyType {
  readonly version: string;
  readonly state: SyncState;
  /** Envoy's own words, when it refused. */
  readonly error?: string;
  /** RFC 3339: since when the state is what it is. */
  readonly since: string;
}

export interface Proxy {
  readonly id: string;
  /** `region/zone/subZone`, shortened from the right where unknown. */
  readonly locality: string;
  /** `name.namespace` of its Mesh; empty for none. */
  readonly mesh: string;
  /** What is wrong with its node, a sentence each; absent where nothing is. */
  readonly warnings?: readonly string[];
  /** By short type name: `CDS`, `EDS`, `LDS`, `RDS`. */
  readonly types: Readonly<Record<string, ProxyType>>;
}

/** An Envoy, or a gRPC client, as `lifeboat snapshot` describes it. */
export interface SnapshotQuery {
  readonly nodeId: string;
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Further `node.metadata`: `NAMESPACE`, `ROLE`, `LISTEN_ADDRESS` … */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What a gRPC client asks for, `hostname:port` each; with any, the node is one. */
  readonly targets?: readonly string[];
}

/** Canonical proto JSON of each resource, in the order of their names. */
export interface Snapshot {
  readonly listeners: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly clusters: readonly unknown[];
  readonly endpoints: readonly unknown[];
}

export interface ControlPlaneApi {
  /** Every finding of the last load, ordered by file, line and column. */
  findings(): readonly Finding[];
  resources(query?: ResourceQuery): readonly ResourceWithStatus[];
  proxies(): readonly Proxy[];
  snapshot(query: SnapshotQuery): Snapshot;
  explain(query: ExplainQuery): ExplainResult | Unexplained;
  /** The failover hostnames served, sorted: for `/etc/hosts` lines. */
  hostnames(): readonly string[];
}

/** A client and the hostname that it asks for, as `lifeboat explain` takes them. */
export interface ExplainQuery {
  readonly hostname: string;
  /** Needed where the hostname is served on several. */
  readonly port?: number;
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Why there is nothing to explain, as a sentence. */
export interface Unexplained {
  /** `absent`: nothing serves the hostname on that port, or no endpoint is in reach of the client. `ambiguous`: more has to be said. */
  readonly reason: 'absent' | 'ambiguous';
  readonly error: string;
}

export interface ExplainedEndpoint {
  readonly address: string;
  readonly port: number;
  readonly health: 'HEALTHY' | 'UNHEALTHY' | 'DRAINING';
  readonly share: number;
}

export interface ExplainedLocality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
  readonly weight: number;
  readonly share: number;
  readonly endpoints: readonly ExplainedEndpoint[];
}

/** Every share is a percentage of all of that client's traffic to the hostname. */
export interface ExplainResult {
  readonly hostname: string;
  readonly port: number;
  readonly client: { readonly locality: string; readonly cluster: string; readonly labels: Readonly<Record<string, string>> };
  /** What is assumed to be lost; empty: nothing. */
  readonly down: readonly string[];
  readonly tiers: readonly {
    readonly priority: number;
    readonly share: number;
    /** What put the endpoints there. */
    readonly rule: string;
    readonly localities: readonly ExplainedLocality[];
  }[];
  readonly findings: readonly string[];
}
