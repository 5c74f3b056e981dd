/**
 * How Envoy connects to endpoints, and how it detects that an endpoint is gone. A node without power, or behind a firewall that drops its
 * packets, resets no connection.
 */
import type { Cluster, TcpKeepalive } from '../../generated/envoy.js';
import type { ConnectionSettings, Keepalive } from '../../mesh/policies/upstreams/connection-settings.js';
import { toDuration } from './duration.js';

/** Timeout of a connect attempt, in milliseconds. Envoy's default is 5 s. */
const DEFAULT_CONNECT_TIMEOUT_MS = 1000;

/** The timeout for clusters without a policy. */
export const CONNECT_TIMEOUT = toDuration(DEFAULT_CONNECT_TIMEOUT_MS);

/** How long data may stay unacknowledged before the connection is closed, in milliseconds. Linux's default is about 15 minutes. */
export const DEFAULT_USER_TIMEOUT_MS = 5000;

/** In seconds. A dead idle connection is closed after 16 s, so that no later request has to wait for it. */
const defaultKeepalive: TcpKeepalive = { keepaliveTime: 10, keepaliveInterval: 2, keepaliveProbes: 3 };

/** @param userTimeoutMs limit for unacknowledged data, in milliseconds; 0: the default of the system. */
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
