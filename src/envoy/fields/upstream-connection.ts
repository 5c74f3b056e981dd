/**
 * How Envoy connects to endpoints, and how it notices that one has vanished: a node without power or behind a firewall that drops
 * its packets resets no connection.
 */
import type { Cluster, TcpKeepalive } from '../../generated/envoy.js';
import type { ConnectionSettings, Keepalive } from '../../mesh/policies/upstreams/connection-settings.js';
import { toDuration } from './duration.js';

/** How long Envoy tries to connect before it takes the endpoint for dead, in milliseconds. Envoy's own default is 5 s. */
const DEFAULT_CONNECT_TIMEOUT_MS = 1000;

/** For clusters that no policy is about. */
export const CONNECT_TIMEOUT = toDuration(DEFAULT_CONNECT_TIMEOUT_MS);

/** How long data may stay unacknowledged before the connection is given up, in milliseconds. Linux itself takes a quarter of an hour. */
export const DEFAULT_USER_TIMEOUT_MS = 5000;

/** An idle connection is given up after some 16 s, so that the next request does not wait for it. */
const defaultKeepalive: TcpKeepalive = { keepaliveTime: 10, keepaliveInterval: 2, keepaliveProbes: 3 };

/** @param userTimeoutMs of data that is not acknowledged; 0: as the system has it. */
export function toUpstreamConnection(
  settings: ConnectionSettings | undefined,
  userTimeoutMs: number,
): Partial<Cluster> {
  const { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, keepalive } = settings ?? {};
  return {
    connectTimeout: toDuration(connectTimeoutMs),
    upstreamConnectionOptions: { tcpKeepalive: toTcpKeepalive(keepalive) },
    ...(userTimeoutMs > 0 && { upstreamBindConfig: { socketOptions: [userTimeout(userTimeoutMs)] } }),
  };
}

function toTcpKeepalive({ probes, timeMs, intervalMs }: Keepalive = {}): TcpKeepalive {
  return {
    ...defaultKeepalive,
    ...(probes !== undefined && { keepaliveProbes: probes }),
    ...(timeMs !== undefined && { keepaliveTime: Math.round(timeMs / 1000) }),
    ...(intervalMs !== undefined && { keepaliveInterval: Math.round(intervalMs / 1000) }),
  };
}

type SocketOption = NonNullable<NonNullable<Cluster['upstreamBindConfig']>['socketOptions']>[number];

/** TCP_USER_TIMEOUT of Linux: `SOL_TCP` is 6. https://man7.org/linux/man-pages/man7/tcp.7.html */
function userTimeout(milliseconds: number): SocketOption {
  return {
    description: 'TCP_USER_TIMEOUT',
    level: '6',
    name: '18',
    intValue: String(milliseconds),
    state: 'STATE_PREBIND',
  };
}
