/** Keys of policies' targets: destinations and failover destinations, and their ports. */
import { type Key, partsCodec } from '../../graph/index.js';
import { type FailoverKey, parseFailoverKey } from './failover-key.js';
import type { DestinationKey } from './object-key.js';

export type TargetKey = DestinationKey | FailoverKey;

/** Only keys of failover destinations contain slashes. */
export function isFailover(target: TargetKey): target is FailoverKey {
  return target.includes('/');
}

/** A port of a destination. */
export type DestinationPortKey = Key<'port of a destination'>;
/** A port of a failover destination. */
export type FailoverPortKey = Key<'port of a failover destination'>;
export type TargetPortKey = DestinationPortKey | FailoverPortKey;

const DESTINATION_PORT = partsCodec<DestinationPortKey, readonly [destination: DestinationKey, port: string]>(2);
const FAILOVER_PORT = partsCodec<FailoverPortKey, readonly [failover: FailoverKey, port: string]>(2);

export function destinationPortKey(destination: DestinationKey, port: number): DestinationPortKey {
  return DESTINATION_PORT.format(destination, String(port));
}

export function failoverPortKey(failover: FailoverKey, port: number): FailoverPortKey {
  return FAILOVER_PORT.format(failover, String(port));
}

/** The key of a port of a destination or failover destination. Both kinds of keys have the same form. */
export function targetPortKey(target: TargetKey, port: number): TargetPortKey {
  return isFailover(target) ? failoverPortKey(target, port) : destinationPortKey(target, port);
}

export function parseDestinationPort(key: DestinationPortKey): {
  readonly destination: DestinationKey;
  readonly port: number;
} {
  const [destination, port] = DESTINATION_PORT.parse(key);
  return { destination, port: Number(port) };
}

export function parseFailoverPort(key: FailoverPortKey): { readonly failover: FailoverKey; readonly port: number } {
  const [failover, port] = FAILOVER_PORT.parse(key);
  return { failover, port: Number(port) };
}

export function parseTargetPort(key: TargetPortKey): { readonly target: TargetKey; readonly port: number } {
  const [target, port] = FAILOVER_PORT.parse(key as FailoverPortKey);
  return { target, port: Number(port) };
}

/** `shop.team`, for both kinds. */
export function nameOfTarget(target: TargetKey): string {
  if (!isFailover(target)) return target;
  const { name, namespace } = parseFailoverKey(target);
  return `${name}.${namespace}`;
}
