/** Addresses and names as Envoy takes them. Who wrote them, and where, is for others to say. */
import { SocketAddress, isIP, isIPv6 } from 'node:net';

/** Whether Envoy takes the text for an IP address. It rejects one with a zone, such as `fe80::1%eth0`. */
export function isIpAddress(text: string): boolean {
  return isIP(text) > 0 && !text.includes('%');
}

/** The one way of writing an IP address: `FD00:0::6` is `fd00::6`. Anything else stays as it is. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

/** Whether a resolver can look the name up. Digits alone at its end make it a misspelt IP address. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && dnsName.test(text) && !/(^|\.)\d+$/.test(text);
}

/** Labels of up to 63 characters. Underscores are no part of hostnames, but of names that exist. */
const dnsName = /^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*$/i;

/** Whether it can name a cluster, which is a part of hostnames: kubeconfig contexts (`kind@dev:1`) can. */
export function isClusterName(text: string): boolean {
  return /^[!-~]*$/.test(text);
}

/** `example.com.`, with the root's dot, and `Example.com` are `example.com`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether it can name a pod, a namespace or one part of a DNS name. */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

export function isPortNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65535;
}
