/**
 * Load reports of clients, as plain data.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/load_report.proto
 */
import type { XdsLocality, XdsNode } from '../wire/xds-node.js';

/** Requests in an interval. Requests in progress are counted at its end. */
export interface RequestCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly inProgress: number;
  /** All requests that were sent to an endpoint. */
  readonly issued: number;
}

export interface EndpointLoad extends RequestCounts {
  readonly address: string;
  readonly port: number;
}

export interface LocalityLoad extends RequestCounts {
  readonly locality: XdsLocality;
  readonly priority: number;
  /** Empty unless requested. */
  readonly endpoints: readonly EndpointLoad[];
}

export interface ClusterLoad {
  readonly cluster: string;
  /** Length of the interval, in milliseconds. */
  readonly intervalMs: number;
  /** Requests that were dropped before an endpoint was selected. */
  readonly dropped: number;
  /** One for each locality and priority with requests. */
  readonly localities: readonly LocalityLoad[];
}

/** One report of one client, about the time since its last report. Clusters without requests may be missing. */
export interface LoadReport {
  readonly node: XdsNode;
  readonly clusters: readonly ClusterLoad[];
}

/** The reports of a connected client. */
export interface NodeLoad {
  /** Unique for each stream of the process. */
  readonly id: number;
  readonly node: XdsNode;
  /** Time of the last report, in milliseconds since the epoch. `undefined`: none yet. */
  readonly reportedAt: number | undefined;
  /** By cluster: the last report. */
  readonly latest: ReadonlyMap<string, ClusterLoad>;
  /** By cluster: the sum since the stream began, or since the cluster was requested. */
  readonly cumulative: ReadonlyMap<string, ClusterLoad>;
}
