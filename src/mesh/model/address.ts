/** Addresses and names that Envoy accepts. Must not know which resource contains them. */
import { SocketAddress, isIP, isIPv6 } from 'node:net';

/** Whether Envoy accepts the text as an IP address. It rejects an address with a zone, such as `fe80::1%eth0`. */
export function isIpAddress(text: string): boolean {
  return isIP(text) > 0 && !text.includes('%');
}

/** The canonical form of an IP address: `FD00:0::6` becomes `fd00::6`. Other texts stay unchanged. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

/** Whether a resolver can look up the name. A name that ends with a number is a misspelt IP address. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && dnsName.test(text) && !/(^|\.)\d+$/.test(text);
}

/** Labels of up to 63 characters. Hostnames have no underscores, but other DNS names have. */
const dnsName = /^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*$/i;

/** Whether the text can name a cluster, and so be a part of hostnames. Includes names of kubeconfig contexts (`kind@dev:1`). */
export function isClusterName(text: string): boolean {
  return /^[!-~]*$/.test(text);
}

/** `example.com.` and `Example.com` become `example.com`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether the text can name a pod or a namespace, or be one label of a DNS name. */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

export function isPortNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65535;
}
