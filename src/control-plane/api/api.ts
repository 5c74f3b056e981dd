/** The interface of the control plane for the commands and the admin address. Plain data; must know neither HTTP nor `process`. */
import type { Position, ResourceRef } from '../../api/resource.js';
import type { DiagnosticCode } from '../../api/codes.js';
import type { Severity } from '../../api/diagnostic.js';
import type { Condition } from '../../status/conditions.js';

/** A finding with its position, as `lifeboat check` prints it. Kind and name are empty if the finding is about the file. */
export interface Finding extends Position {
  readonly severity: Severity;
  readonly code: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `spec.port.number`; empty if the finding is about the whole resource. */
  readonly path: string;
  readonly message: string;
}

/** A resource as in its document, with its status. */
export interface ResourceWithStatus {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface ResourceQuery {
  /** The name of a kind in any case, singular or plural, or its short name (`fop`). */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Only resources with a document, without discovered Destinations. */
  readonly written?: true;
}

/** Whether an Envoy holds the newest version. */
export type SyncState = 'SYNCED' | 'NOT SENT' | 'STALE' | 'NACK';

export interface ProxyType {
  readonly version: string;
  readonly state: SyncState;
  /** The error message of the last NACK. */
  readonly error?: string;
  /** When the state began (RFC 3339). */
  readonly since: string;
}

/** A problem of a connected Envoy, or of one that a request describes. */
export interface NodeFinding {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
}

/** The findings about one client. */
export type ProxyFindings = Pick<Proxy, 'id' | 'findings'>;

/** A connected Envoy or gRPC client, with all of its streams. */
export interface Proxy {
  readonly id: string;
  /** `region/zone/subZone`, without unknown parts at the end. */
  readonly locality: string;
  /** `name.namespace` of its Mesh; empty: none. */
  readonly mesh: string;
  /** The cluster or site in its node; empty: none. */
  readonly cluster: string;
  /** The address that it connects from: `127.0.0.1:40312`. */
  readonly address: string;
  /** Who it proved to be: `spiffe://example.org/ns/default/sa/web`. Absent: clients are not authenticated. */
  readonly principal?: string;
  /** `envoy 1.40.0`. */
  readonly userAgent: string;
  /** Whether it uses the incremental protocol. */
  readonly incremental: boolean;
  /** When it connected (RFC 3339). */
  readonly connectedSince: string;
  /** The worst state of its types. */
  readonly state: SyncState;
  /** When `state` began (RFC 3339). */
  readonly since: string;
  readonly findings: readonly NodeFinding[];
  /** By short type name: `CDS`, `EDS`, `LDS`, `RDS`. */
  readonly types: Readonly<Record<string, ProxyType>>;
}

export interface ProxyQuery {
  readonly id?: string;
}

/** An Envoy or gRPC client, as the parameters of `lifeboat snapshot` describe it. */
export interface SnapshotQuery {
  readonly nodeId: string;
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Further `node.metadata`: `NAMESPACE`, `ROLE`, `LISTEN_ADDRESS` … */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The targets of a gRPC client, each `hostname:port`. With any, the client is a gRPC client. */
  readonly targets?: readonly string[];
}

/** Each resource as canonical proto JSON, ordered by name. */
export interface SnapshotResources {
  readonly listeners: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly clusters: readonly unknown[];
  readonly endpoints: readonly unknown[];
}

export interface Snapshot extends SnapshotResources {
  /** Findings about the node. */
  readonly findings: readonly NodeFinding[];
}

/** A resource of which a connected Envoy does not hold the newest version, or which it should remove. */
export interface PendingResource {
  /** `CDS`, `EDS`, `LDS`, `RDS`. */
  readonly type: string;
  readonly name: string;
  readonly state: SyncState;
  /** The acknowledged version; empty: none. */
  readonly version: string;
  /** The error message of the last NACK. */
  readonly error?: string;
}

/** The resources that a connected Envoy has acknowledged. */
export interface HeldSnapshot extends Snapshot {
  /** The acknowledged version of each type. */
  readonly versions: Readonly<Record<string, string>>;
  /** Resources of which it does not hold the newest version. The server does not keep the content of older versions, so those are not among the resources. */
  readonly pending: readonly PendingResource[];
}

/** What the source of a resource may be told about it. */
export interface ResourceReport {
  /** The file that contains the resource; for an object of Kubernetes the name that findings have. */
  readonly file: string;
  readonly ref: ResourceRef;
  readonly apiVersion: string;
  readonly generation: number;
  readonly status: Readonly<Record<string, unknown>>;
  readonly conditions: readonly Condition[];
}

/** The number of resources of a kind with a state. The state is empty for statuses without one. */
export interface StateCount {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
}

export interface StateCounts {
  /** Only resources with a document, without discovered Destinations. */
  readonly resources: readonly StateCount[];
  readonly findings: Readonly<Record<Severity, number>>;
}

export interface ControlPlaneApi {
  /** All findings of the last load, ordered by file, line and column. */
  findings(): readonly Finding[];
  resources(query?: ResourceQuery): readonly ResourceWithStatus[];
  /** The same in short steps, of one moment. */
  resourcesInSteps(query?: ResourceQuery): Generator<void, readonly ResourceWithStatus[]>;
  /** The numbers of the same resources and findings. The cost depends on the changes since the last call. */
  counts(): StateCounts;
  /** The same in steps. From the first call on, changes are counted in the background, so that later calls are fast. */
  countsInSteps(): Generator<void, StateCounts>;
  /** Ordered by id. */
  proxies(query?: ProxyQuery): readonly Proxy[];
  /** The findings about the connected clients. Cheaper than `proxies`. */
  proxyFindings(): readonly ProxyFindings[];
  snapshot(query: SnapshotQuery): Snapshot;
  /** The same in short steps, of one moment. */
  snapshotInSteps(query: SnapshotQuery): Generator<void, Snapshot>;
  /** The resources of a connected client, by its node. A sentence if no client has this id. */
  proxySnapshot(id: string): Snapshot | string;
  /** The same in short steps, of one moment. */
  proxySnapshotInSteps(id: string): Generator<void, Snapshot | string>;
  /** The resources that a connected client has acknowledged. A sentence if no client has this id. */
  heldSnapshot(id: string): HeldSnapshot | string;
  explain(query: ExplainQuery): ExplainResult | Unexplained;
  /** All failover hostnames, sorted, for `/etc/hosts`. */
  hostnames(): readonly string[];
  /** The hostnames with their addresses for Envoys with interception, sorted. */
  hostnameAddresses(query?: AddressQuery): readonly HostnameAddress[];
}

/** The properties of an Envoy that its hostnames depend on. */
export interface AddressQuery {
  /** The cluster or site of the Envoy. Default: none. */
  readonly cluster?: string;
  /** `name.namespace` of its Mesh. Default: that of its cluster. */
  readonly mesh?: string;
}

export interface HostnameAddress {
  readonly hostname: string;
  readonly address: string;
}

/** A client and a hostname, as the parameters of `lifeboat explain`. */
export interface ExplainQuery {
  readonly hostname: string;
  /** Required if the hostname has several ports. */
  readonly port?: number;
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  readonly cluster?: string;
  /** The client's namespace. Absent: any, so the hostname may be a short name that only clients of one namespace can use. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The reason, as a sentence, why there is nothing to explain. */
export interface Unexplained {
  /** `absent`: no host has this name and port, or no endpoint for the client. `ambiguous`: the query needs more parameters. */
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

/** Each share is a percentage of all traffic of this client to the hostname. */
export interface ExplainResult {
  readonly hostname: string;
  readonly port: number;
  readonly client: {
    readonly locality: string;
    readonly cluster: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  /** The losses that are assumed. Empty: none. */
  readonly down: readonly string[];
  readonly tiers: readonly {
    readonly priority: number;
    readonly share: number;
    /** The rule that put the endpoints into this tier. */
    readonly rule: string;
    readonly localities: readonly ExplainedLocality[];
  }[];
  readonly findings: readonly string[];
}
