/**
 * The names that clients call an external service by.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
import type { DestinationSpec_ExternalService as ExternalService } from '../../../generated/resources.js';
import { canonicalAddress, canonicalName, isDnsName, isIpAddress } from '../../model/address.js';

/** In the form that Envoy compares with the Host header; `undefined` if it is not a host. */
export function toHost(text: string): string | undefined {
  const address = text.replace(/^\[(.+)\]$/, '$1');
  if (isIpAddress(address)) return toAuthority(address);
  const name = canonicalName(text);
  return isDnsName(name.replace(/^\*\./, '')) ? name : undefined;
}

/** An address as written in a Host header. */
function toAuthority(address: string): string {
  return address.includes(':') ? `[${canonicalAddress(address)}]` : address;
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** Its hosts and its addresses, each once. A wildcard leads only to listed endpoints, because it cannot be resolved. */
export function hostsOf({ hosts = [], addresses = [], endpoints = [] }: ExternalService): readonly string[] {
  const names = hosts.flatMap((host) => toHost(host) ?? []).filter((host) => endpoints.length > 0 || !isWildcard(host));
  return [...new Set([...names, ...addresses.filter(isIpAddress).map(toAuthority)])];
}

/** The addresses that the service is at where it lists no endpoints: its hosts, or else its addresses. */
export function ownAddresses(service: ExternalService): readonly string[] {
  const { hosts = [], addresses = [] } = service;
  const names = [...new Set(hosts.flatMap((host) => toHost(host) ?? []))].filter((host) => !isWildcard(host));
  const own =
    names.length > 0
      ? names.map((host) => host.replace(/^\[(.+)\]$/, '$1'))
      : addresses.filter(isIpAddress).map(canonicalAddress);
  return [...new Set(own)];
}

/** Of a service at several hosts, each leads to itself only. */
export function endpointHostsOf(service: ExternalService): readonly string[] {
  const { endpoints = [], hosts = [] } = service;
  const named = hosts.length > 1 && endpoints.length === 0 ? ownAddresses(service) : [];
  return named.length > 1 ? named.flatMap((address) => toHost(address) ?? []) : [];
}
