/**
 * The text formats of localities, labels and addresses, shared by flags and query parameters. It must not know commands or HTTP.
 */
import { isIPv6 } from 'node:net';
import { MalformedInput } from './malformed-input.js';

export interface LocalityText {
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
}

export interface SocketAddress {
  /** An IP address (IPv6 without brackets) or a DNS name. */
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `REGION[/ZONE[/SUBZONE]]`, or `/ZONE[/SUBZONE]` if the region is unknown. Empty text is an unknown locality.
 * @throws MalformedInput if there are more than three parts, or a part other than the region is empty.
 */
export function parseLocality(text: string): LocalityText {
  if (text === '') return {};
  const [region, zone, subZone, ...rest] = text.split('/');
  if (rest.length > 0 || zone === '' || subZone === '') {
    throw new MalformedInput(
      `Invalid locality "${text}": must be REGION, REGION/ZONE or REGION/ZONE/SUBZONE, or /ZONE without a region.`,
    );
  }
  return {
    ...(region !== undefined && region !== '' && { region }),
    ...(zone !== undefined && { zone }),
    ...(subZone !== undefined && { subZone }),
  };
}

/** The inverse of `parseLocality`. */
export function formatLocalityText({ region = '', zone = '', subZone = '' }: LocalityText): string {
  return [region, zone, subZone].join('/').replace(/\/+$/, '');
}

/**
 * Parses `KEY=VALUE,KEY=VALUE`. Empty text is an empty set.
 * @throws MalformedInput if a part has no `=` or no key, or a key occurs twice.
 */
export function parseLabels(text: string): Readonly<Record<string, string>> {
  return text === '' ? {} : parsePairs(text.split(','), 'label');
}

/** The inverse of `parseLabels`. Keys and values of Kubernetes labels contain no commas. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/**
 * Parses a list of `KEY=VALUE`; each is split at its first `=`.
 * @param what the name of an entry in errors: `label`, `metadata entry`.
 * @throws MalformedInput if an entry has no `=` or no key, or a key occurs twice.
 */
export function parsePairs(pairs: readonly string[], what: string): Readonly<Record<string, string>> {
  const entries = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new MalformedInput(`Invalid ${what} "${pair}": must be KEY=VALUE.`);
    const key = pair.slice(0, equals);
    if (entries.has(key)) throw new MalformedInput(`The ${what} "${key}" is given more than once.`);
    entries.set(key, pair.slice(equals + 1));
  }
  // fromEntries defines own properties, so a key `__proto__` is ordinary data.
  return Object.fromEntries(entries);
}

/**
 * Parses `HOST:PORT` or `[IPV6]:PORT`. Port 0 means any free port.
 * @throws MalformedInput if host or port is missing, or the port is not in 0..65535.
 */
export function parseAddress(text: string): SocketAddress {
  const match = /^(?:\[([^\]]+)\]|([^:\s[\]/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535 || (match?.[1] !== undefined && !isIPv6(host))) {
    throw new MalformedInput(`Invalid address "${text}": must be HOST:PORT or [IPV6]:PORT.`);
  }
  return { host, port };
}

/** The inverse of `parseAddress`. */
export function formatAddress(address: SocketAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether only processes on this machine can reach the host: `localhost`, `127.0.0.0/8` and `::1`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
