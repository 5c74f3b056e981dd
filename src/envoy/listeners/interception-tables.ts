/** Tables for Envoys with interception, in addition to the tables for all Envoys. */
import type { EncodedMessage } from '../rows/encoded-message.js';
import type { Graph, Table, PlainKey } from '../../graph/index.js';
import { encodeEnvoyMessage } from '../../proto/envoy-types.js';
import { encodeGuarded } from '../rows/guarded.js';
import { interceptionClusters, passthroughHost } from './interception.js';
import { appendVirtualHost } from '../routes/route-configuration.js';
import type { RouteConfigurationKey } from '../routes/route-key.js';

export interface InterceptionTables {
  /** By name. */
  readonly clusters: Table<PlainKey, EncodedMessage>;
  /** With a virtual host that passes through requests for unknown hosts. */
  readonly routeConfigurations: Table<RouteConfigurationKey, EncodedMessage>;
}

/** The names of the clusters. */
export const interceptionClusterNames: readonly string[] = interceptionClusters.map(({ name = '' }) => name);

export function declareInterception(
  graph: Graph,
  routeConfigurations: Table<RouteConfigurationKey, EncodedMessage>,
): InterceptionTables {
  return {
    clusters: graph.derive<PlainKey, EncodedMessage>('encodedInterceptionClusters', (_read, key) => {
      const cluster = interceptionClusters.find(({ name }) => name === key);
      return cluster && { name: key, ...encodeGuarded('envoy.config.cluster.v3.Cluster', cluster) };
    }),
    routeConfigurations: graph.derive<RouteConfigurationKey, EncodedMessage>(
      'encodedInterceptionRouteConfigurations',
      (read, key) => {
        const row = read(routeConfigurations, key);
        return (
          row && {
            ...row,
            bytes: appendVirtualHost(
              row.bytes,
              encodeEnvoyMessage('envoy.config.route.v3.VirtualHost', passthroughHost),
            ),
          }
        );
      },
    ),
  };
}
