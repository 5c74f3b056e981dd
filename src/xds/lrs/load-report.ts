/**
 * What a client reports of its load, as plain data.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/load_report.proto
 */
import type { XdsLocality, XdsNode } from '../wire/xds-node.js';

/** Requests within an interval; those in progress are counted at its end. */
export interface RequestCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly inProgress: number;
  /** Sent out, whatever became of them. */
  readonly issued: number;
}

export interface EndpointLoad extends RequestCounts {
  readonly address: string;
  readonly port: number;
}

export interface LocalityLoad extends RequestCounts {
  readonly locality: XdsLocality;
  readonly priority: number;
  /** Empty unless they were asked for. */
  readonly endpoints: readonly EndpointLoad[];
}

export interface ClusterLoad {
  readonly cluster: string;
  /** Milliseconds that it is about. */
  readonly intervalMs: number;
  /** Requests that were turned away before they had an endpoint. */
  readonly dropped: number;
  /** One for each locality and priority that had requests. */
  readonly localities: readonly LocalityLoad[];
}

/** One report of one client: what happened since the one before. Clusters without requests may be missing. */
export interface LoadReport {
  readonly node: XdsNode;
  readonly clusters: readonly ClusterLoad[];
}

/** What a connected client has reported. */
export interface NodeLoad {
  /** Unique per stream while the process lives. */
  readonly id: number;
  readonly node: XdsNode;
  /** Milliseconds since the epoch of the last report; undefined before the first. */
  readonly reportedAt: number | undefined;
  /** By cluster, of the last report. */
  readonly latest: ReadonlyMap<string, ClusterLoad>;
  /** By cluster, since the stream began, or since the cluster was asked for. */
  readonly cumulative: ReadonlyMap<string, ClusterLoad>;
}
