/** What the control plane offers to the commands and the admin address. Plain data in and out; knows neither HTTP nor `process`. */
import type { Position } from '../../api/resource.js';
import type { DiagnosticCode } from '../../api/codes.js';
import type { Severity } from '../../api/diagnostic.js';

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
  /** In any case, singular or plural, or a short name (`fop`). */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Only what somebody wrote, without the Destinations that are discovered from Services. */
  readonly written?: true;
}

/** Whether an Envoy holds what it was sent. */
export type SyncState = 'SYNCED' | 'NOT SENT' | 'STALE' | 'NACK';

export interface ProxyType {
  readonly version: string;
  readonly state: SyncState;
  /** Envoy's own words, when it rejected. */
  readonly error?: string;
  /** RFC 3339: since when the state is what it is. */
  readonly since: string;
}

/** What is strange about a connected Envoy, or about one that is described. */
export interface NodeFinding {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
}

/** One connected Envoy or gRPC client, with all the streams of its connection. */
export interface Proxy {
  readonly id: string;
  /** `region/zone/subZone`, shortened from the right where unknown. */
  readonly locality: string;
  /** `name.namespace` of its Mesh; empty for none. */
  readonly mesh: string;
  /** The cluster or site that it says it runs in; empty for none. */
  readonly cluster: string;
  /** Where it connects from: `127.0.0.1:40312`. */
  readonly address: string;
  /** Who it proved to be: `spiffe://example.org/ns/default/sa/web`. Absent: clients are not authenticated. */
  readonly principal?: string;
  /** `envoy 1.40.0`. */
  readonly userAgent: string;
  /** Whether it asks for changes only. */
  readonly incremental: boolean;
  /** RFC 3339: since when it is connected. */
  readonly connectedSince: string;
  /** Whether it holds all that it was sent: the worst of its types. */
  readonly state: SyncState;
  /** RFC 3339: since when `state` is what it is. */
  readonly since: string;
  readonly findings: readonly NodeFinding[];
  /** By short type name: `CDS`, `EDS`, `LDS`, `RDS`. */
  readonly types: Readonly<Record<string, ProxyType>>;
}

export interface ProxyQuery {
  readonly id?: string;
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
export interface SnapshotResources {
  readonly listeners: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly clusters: readonly unknown[];
  readonly endpoints: readonly unknown[];
}

export interface Snapshot extends SnapshotResources {
  /** What is strange about the node. */
  readonly findings: readonly NodeFinding[];
}

/** A resource of which a connected Envoy does not hold the newest version, or that it should let go. */
export interface PendingResource {
  /** `CDS`, `EDS`, `LDS`, `RDS`. */
  readonly type: string;
  readonly name: string;
  readonly state: SyncState;
  /** The version that it acknowledged; empty where it has none. */
  readonly version: string;
  /** Envoy's own words, when it rejected. */
  readonly error?: string;
}

/** What a connected Envoy holds, as far as its acknowledgements tell. */
export interface HeldSnapshot extends Snapshot {
  /** The acknowledged version of each type. */
  readonly versions: Readonly<Record<string, string>>;
  /** What it does not hold as it is now. Of an older version that it holds the content is not kept, so it is not among the resources. */
  readonly pending: readonly PendingResource[];
}

/** How many resources of a kind are in a state; the state is empty for a status without one. */
export interface StateCount {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
}

export interface StateCounts {
  /** What somebody wrote, without the Destinations that are discovered from Services. */
  readonly resources: readonly StateCount[];
  readonly findings: Readonly<Record<Severity, number>>;
}

export interface ControlPlaneApi {
  /** Every finding of the last load, ordered by file, line and column. */
  findings(): readonly Finding[];
  resources(query?: ResourceQuery): readonly ResourceWithStatus[];
  /** The same resources and findings, counted; costs what changed since the last call. */
  counts(): StateCounts;
  /** Ordered by id. */
  proxies(query?: ProxyQuery): readonly Proxy[];
  snapshot(query: SnapshotQuery): Snapshot;
  /** What a connected Envoy or gRPC client is sent, by its own node; a sentence where none has this id. */
  proxySnapshot(id: string): Snapshot | string;
  /** What a connected Envoy or gRPC client has acknowledged; a sentence where none has this id. */
  heldSnapshot(id: string): HeldSnapshot | string;
  explain(query: ExplainQuery): ExplainResult | Unexplained;
  /** The failover hostnames served, sorted: for `/etc/hosts` lines. */
  hostnames(): readonly string[];
  /** Where the application of an Envoy that intercepts finds them, sorted: the address that its connections are known by. */
  hostnameAddresses(query?: AddressQuery): readonly HostnameAddress[];
}

/** An Envoy, as far as hostnames are concerned. */
export interface AddressQuery {
  /** The cluster or site that it runs in. Default: none. */
  readonly cluster?: string;
  /** `name.namespace` of its Mesh. Default: that of its cluster. */
  readonly mesh?: string;
}

export interface HostnameAddress {
  readonly hostname: string;
  readonly address: string;
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
  /** The client's; absent: any, so that the hostname may be a name that only clients of some namespace can use. */
  readonly namespace?: string;
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
  readonly client: {
    readonly locality: string;
    readonly cluster: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
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
