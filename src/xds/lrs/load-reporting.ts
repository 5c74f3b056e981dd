/** What a program that uses the server says about load reports. Knows no streams. */
import type { XdsNode } from '../wire/xds-node.js';
import type { LoadReport } from './load-report.js';

/** Clusters by name, or all that the client has. */
export type AskedClusters = readonly string[] | 'all';

/** All calls are synchronous and must not throw. */
export interface LoadReporting {
  /**
   * The clusters that this node is to report on: asked when it connects, and again at `server.loadReportingChanged()`.
   * Nodes that are asked for the same should get the same array: it is encoded once. `all` is for nodes whose
   * `clientFeatures` have `envoy.lrs.supports_send_all_clusters`; others are asked for nothing then.
   */
  clustersOf(node: XdsNode): AskedClusters;
  /** Milliseconds between two reports. Default 1 000. */
  readonly intervalMs?: number;
  /** Ask for the load of each endpoint too. Default: no. */
  readonly reportEndpointGranularity?: boolean;
  /** A report arrived. Clusters that were not asked for are left out of it. */
  readonly reported?: (report: LoadReport) => void;
  /** The node's stream is over, and with it what it reported. */
  readonly ended?: (node: XdsNode) => void;
}

export const DEFAULT_INTERVAL_MS = 1_000;

/** The feature of clients that can report on all clusters. */
export const SENDS_ALL_CLUSTERS = 'envoy.lrs.supports_send_all_clusters';
