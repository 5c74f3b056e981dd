/**
 * The hosts by which clients call an external service.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
import type { DestinationSpec_ExternalService as ExternalService } from '../../../generated/resources.js';
import { canonicalAddress, canonicalName, isDnsName, isIpAddress } from '../../model/address.js';

/** The host in the form that Envoy compares with the Host header. `undefined` if the text is not a host. */
export function toHost(text: string): string | undefined {
  const address = text.replace(/^\[(.+)\]$/, '$1');
  if (isIpAddress(address)) return toAuthority(address);
  const name = canonicalName(text);
  return isDnsName(name.replace(/^\*\./, '')) ? name : undefined;
}

/** An address as in a Host header. */
function toAuthority(address: string): string {
  return address.includes(':') ? `[${canonicalAddress(address)}]` : address;
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** The hosts and addresses of the service, without duplicates. Wildcards need listed endpoints, because they cannot be resolved. */
export function hostsOf({ hosts = [], addresses = [], endpoints = [] }: ExternalService): readonly string[] {
  const names = hosts.flatMap((host) => toHost(host) ?? []).filter((host) => endpoints.length > 0 || !isWildcard(host));
  return [...new Set([...names, ...addresses.filter(isIpAddress).map(toAuthority)])];
}

/** The addresses of the service if it lists no endpoints: its hosts, or else its addresses. */
export function ownAddresses(service: ExternalService): readonly string[] {
  const { hosts = [], addresses = [] } = service;
  const names = [...new Set(hosts.flatMap((host) => toHost(host) ?? []))].filter((host) => !isWildcard(host));
  const own =
    names.length > 0
      ? names.map((host) => host.replace(/^\[(.+)\]$/, '$1'))
      : addresses.filter(isIpAddress).map(canonicalAddress);
  return [...new Set(own)];
}

/**
 * The hosts of a service with several hosts and no listed endpoints. Requests to one of them go only to that host. Empty for other
 * services.
 */
export function endpointHostsOf(service: ExternalService): readonly string[] {
  const { endpoints = [], hosts = [] } = service;
  const named = hosts.length > 1 && endpoints.length === 0 ? ownAddresses(service) : [];
  return named.length > 1 ? named.flatMap((address) => toHost(address) ?? []) : [];
}
