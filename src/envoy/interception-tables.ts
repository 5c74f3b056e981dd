/** Rows of what Envoys get that intercept, besides what all others get. */
import type { EncodedMessage } from './encoded-message.js';
import type { Graph, Table } from '../graph/index.js';
import { encodeMessage } from '../proto/envoy-types.js';
import { encodeGuarded } from './guarded.js';
import { interceptionClusters, passthroughHost } from './interception.js';
import { appendVirtualHost } from './route-configuration.js';

export interface InterceptionTables {
  /** By name. */
  readonly clusters: Table<string, EncodedMessage>;
  /** By `routeConfigurationKey`: with a way on for hosts that are not known here. */
  readonly routeConfigurations: Table<string, EncodedMessage>;
}

/** The names of the clusters. */
export const interceptionClusterNames: readonly string[] = interceptionClusters.map(({ name = '' }) => name);

export function declareInterception(
  graph: Graph,
  routeConfigurations: Table<string, EncodedMessage>,
): InterceptionTables {
  return {
    clusters: graph.derive<string, EncodedMessage>('encodedInterceptionClusters', (_read, key) => {
      const cluster = interceptionClusters.find(({ name }) => name === key);
      return cluster && { name: key, ...encodeGuarded('envoy.config.cluster.v3.Cluster', cluster) };
    }),
    routeConfigurations: graph.derive<string, EncodedMessage>('encodedInterceptionRouteConfigurations', (read, key) => {
      const row = read(routeConfigurations, key);
      return (
        row && {
          ...row,
          bytes: appendVirtualHost(row.bytes, encodeMessage('envoy.config.route.v3.VirtualHost', passthroughHost)),
        }
      );
    }),
  };
}
