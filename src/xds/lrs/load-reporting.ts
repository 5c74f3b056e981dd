/** The options for load reports. Knows no streams. */
import type { XdsNode } from '../wire/xds-node.js';
import type { LoadReport } from './load-report.js';

/** Names of clusters, or all clusters of the client. */
export type AskedClusters = readonly string[] | 'all';

/** All functions are synchronous and must not throw. */
export interface LoadReporting {
  /**
   * The clusters that this node must report on. Called when it connects, and after `server.loadReportingChanged()`. Return the same array for
   * nodes with the same clusters, because it is encoded once. `all` requires that `clientFeatures` of the node contain
   * `envoy.lrs.supports_send_all_clusters`; other nodes are asked for nothing.
   */
  clustersOf(node: XdsNode): AskedClusters;
  /** Interval between two reports, in milliseconds. Default: 1 000. */
  readonly intervalMs?: number;
  /** Whether to request the load of each endpoint. Default: false. */
  readonly reportEndpointGranularity?: boolean;
  /** A report arrived. It contains only requested clusters. */
  readonly reported?: (report: LoadReport) => void;
  /** The node's stream ended. Its reports are discarded. */
  readonly ended?: (node: XdsNode) => void;
}

export const DEFAULT_INTERVAL_MS = 1_000;

/** The client feature that `all` requires. */
export const SENDS_ALL_CLUSTERS = 'envoy.lrs.supports_send_all_clusters';
