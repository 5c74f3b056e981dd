/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto */
import type { Filter, TcpProxy } from '../../generated/envoy.js';
import { packAny } from '../../proto/envoy-types.js';

/** Where connections go. */
export interface TcpTarget {
  /** The cluster's name. */
  readonly cluster: string;
  readonly weight: number;
}

export interface TcpUpstream {
  /** Of statistics. */
  readonly name: string;
  /** At least one. */
  readonly targets: readonly TcpTarget[];
  /** See `connectAttemptsOf`. */
  readonly connectAttempts: number;
}

/**
 * How often Envoy tries to connect for a client before it gives up. Attempts know nothing of priorities: they reach the next tier of a
 * failover destination only once outlier detection has ejected the endpoints of this one. The numbers depend on no endpoints, because
 * Envoy ends the connections of a filter chain that changes.
 */
const [FAILOVER_ATTEMPTS, PLAIN_ATTEMPTS] = [16, 3];

/** @param toFailover whether a failover destination is among the targets */
export function connectAttemptsOf(toFailover: boolean): number {
  return toFailover ? FAILOVER_ATTEMPTS : PLAIN_ATTEMPTS;
}

/** A pause between two attempts lets outlier detection have its effect, so that the next one goes to another tier. */
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

/** Counts what is asked of MongoDB; it goes before `tcp_proxy`. https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/mongo_proxy_filter */
export function mongoProxyFilter(name: string): Filter {
  return {
    name: 'envoy.filters.network.mongo_proxy',
    typedConfig: packAny('envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy', { statPrefix: name }),
  };
}
