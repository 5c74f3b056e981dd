/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto */
import type { Filter, TcpProxy } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';

/** The target of connections. */
export interface TcpTarget {
  /** The cluster's name. */
  readonly cluster: string;
  readonly weight: number;
}

export interface TcpUpstream {
  /** The prefix of statistics. */
  readonly name: string;
  /** At least one. */
  readonly targets: readonly TcpTarget[];
  /** See `connectAttemptsOf`. */
  readonly connectAttempts: number;
}

/**
 * The number of connect attempts for each connection. Retries of a connection ignore priorities: they reach the next tier of a failover
 * destination only after outlier detection has ejected the endpoints of this tier. The numbers do not depend on the endpoints, because
 * Envoy closes all connections of a filter chain that changes.
 */
const [FAILOVER_ATTEMPTS, PLAIN_ATTEMPTS] = [16, 3];

/** @param toFailover whether a failover destination is among the targets */
export function connectAttemptsOf(toFailover: boolean): number {
  return toFailover ? FAILOVER_ATTEMPTS : PLAIN_ATTEMPTS;
}

/** The pause before the next attempt gives outlier detection the time to eject, so that the attempt goes to another tier. */
const backoffOptions = { baseInterval: '0.025s', maxInterval: '0.1s' };

export function tcpProxyFilter({ name, targets, connectAttempts }: TcpUpstream): Filter {
  const proxy: TcpProxy = {
    statPrefix: name,
    ...destination(targets),
    maxConnectAttempts: connectAttempts,
    backoffOptions,
  };
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typedConfig: packAny('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', proxy),
  };
}

function destination(targets: readonly TcpTarget[]): Pick<TcpProxy, 'cluster' | 'weightedClusters'> {
  const [only, ...more] = targets;
  if (only !== undefined && more.length === 0) return { cluster: only.cluster };
  return { weightedClusters: { clusters: targets.map(({ cluster, weight }) => ({ name: cluster, weight })) } };
}

/** Statistics of MongoDB requests. Must precede `tcp_proxy`. https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/mongo_proxy_filter */
export function mongoProxyFilter(name: string): Filter {
  return {
    name: 'envoy.filters.network.mongo_proxy',
    typedConfig: packAny('envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy', { statPrefix: name }),
  };
}
