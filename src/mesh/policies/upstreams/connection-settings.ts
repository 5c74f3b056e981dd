/** Connections to endpoints, as `connectionPoolSettings.tcp` of a policy configures them. Its connection limits have no effect. */
import { parseDuration } from '../../../api/duration.js';
import type { FieldPath } from '../../../api/resource.js';
import type { TrafficPolicySpec_Policy as Policy } from '../../../generated/resources.js';
import { checkDuration } from '../../model/duration-findings.js';
import type { Findings } from '../../model/finding.js';

/** Durations are in milliseconds. An absent field means the default of every cluster. */
export interface ConnectionSettings {
  readonly connectTimeoutMs?: number;
  readonly keepalive?: Keepalive;
}

/** TCP keepalive. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto#config-core-v3-tcpkeepalive */
export interface Keepalive {
  readonly probes?: number;
  /** Idle time before the first probe, in milliseconds. */
  readonly timeMs?: number;
  readonly intervalMs?: number;
}

type ConnectionPoolSettings = NonNullable<Policy['connectionPoolSettings']>;

/** `undefined` if no setting with an effect is given. Expects settings that were checked. */
export function toConnectionSettings({ tcp = {} }: ConnectionPoolSettings): ConnectionSettings | undefined {
  const { connectTimeout, tcpKeepalive } = tcp;
  if (connectTimeout === undefined && tcpKeepalive === undefined) return undefined;
  return {
    ...(connectTimeout !== undefined && { connectTimeoutMs: parseDuration(connectTimeout) }),
    ...(tcpKeepalive && { keepalive: toKeepalive(tcpKeepalive) }),
  };
}

/** As in Istio, 0 means the default, like an absent value. */
function toKeepalive({
  probes,
  time,
  interval,
}: NonNullable<NonNullable<ConnectionPoolSettings['tcp']>['tcpKeepalive']>): Keepalive {
  return {
    ...(probes && { probes }),
    ...(time !== undefined && { timeMs: parseDuration(time) }),
    ...(interval !== undefined && { intervalMs: parseDuration(interval) }),
  };
}

/** Linux counts keepalive times in whole seconds, from 1 to 32767. */
const [SHORTEST_KEEPALIVE_MS, LONGEST_KEEPALIVE_MS] = [1000, 32_767_000];
const MOST_PROBES = 127;

/** `at`: the path of the settings. */
export function checkConnectionSettings(
  findings: Findings,
  { tcp = {}, http = {} }: ConnectionPoolSettings,
  at: FieldPath,
): void {
  const { connectTimeout, tcpKeepalive: keepalive = {}, maxConnections } = tcp;
  checkDuration(findings, connectTimeout, [...at, 'tcp', 'connectTimeout']);
  checkKeepaliveTime(findings, keepalive.time, [...at, 'tcp', 'tcpKeepalive', 'time']);
  checkKeepaliveTime(findings, keepalive.interval, [...at, 'tcp', 'tcpKeepalive', 'interval']);
  if (keepalive.probes !== undefined && keepalive.probes > MOST_PROBES) {
    const message = `Invalid number of probes ${keepalive.probes}: must be at most ${MOST_PROBES}.`;
    findings.error('InvalidValue', [...at, 'tcp', 'tcpKeepalive', 'probes'], message);
  }
  const unused = [
    ...(maxConnections === undefined ? [] : [['tcp', 'maxConnections']]),
    ...Object.keys(http).map((field) => ['http', field]),
  ];
  for (const path of unused) {
    findings.warning('FieldWithoutEffect', [...at, ...path], `connectionPoolSettings.${path.join('.')} has no effect.`);
  }
}

function checkKeepaliveTime(findings: Findings, text: string | undefined, path: FieldPath): void {
  if (text === undefined) return;
  const milliseconds = parseDuration(text);
  if (milliseconds >= SHORTEST_KEEPALIVE_MS && milliseconds <= LONGEST_KEEPALIVE_MS) return;
  findings.error(
    'InvalidDuration',
    path,
    `Invalid duration ${text}: must be between 1s and ${LONGEST_KEEPALIVE_MS / 1000}s.`,
  );
}
