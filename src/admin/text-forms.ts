/**
 * How localities, label sets and addresses are written in one line of text, the same in flags and in query parameters.
 * Knows neither commands nor HTTP.
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
 * Reads `REGION[/ZONE[/SUBZONE]]`, or `/ZONE[/SUBZONE]` where the region is not known; empty text is no locality.
 * @throws MalformedInput when there are more than three parts, or an empty one that another one follows, but for the region.
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
 * Reads `KEY=VALUE,KEY=VALUE`; empty text is no label.
 * @throws MalformedInput when a part has no `=` or no key, or when a key is given twice.
 */
export function parseLabels(text: string): Readonly<Record<string, string>> {
  return text === '' ? {} : parsePairs(text.split(','), 'label');
}

/** The inverse of `parseLabels`; neither keys nor values may contain commas, as Kubernetes has it. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/**
 * Reads a list of `KEY=VALUE`, each cut at its first `=`.
 * @param what names one of them in the error: `label`, `metadata entry`.
 * @throws MalformedInput when one has no `=` or no key, or when a key is given twice.
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
  // fromEntries defines own properties, so that a key `__proto__` is data like any other.
  return Object.fromEntries(entries);
}

/**
 * Reads `HOST:PORT` or `[IPV6]:PORT`. Port 0 stands for any free port.
 * @throws MalformedInput when host or port is missing, or the port is not in 0..65535.
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

/** Whether only processes of this machine can reach the host: `localhost`, `127.0.0.0/8` and `::1`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
