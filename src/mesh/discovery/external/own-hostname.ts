/** The Host header that external services expect. They do not accept the hostname of a failover destination. */
import { isIP } from 'node:net';
import type { Destination, EndpointGroup } from '../../model/model.js';

/** The hostname that an external service expects. `undefined` if it has only addresses and wildcards. */
export function ownHostname(hosts: readonly string[]): string | undefined {
  return hosts.find((host) => addressIn(host) === undefined && !host.includes('*'));
}

/** The IP address in a host, without the brackets of IPv6. `undefined` for a DNS name. */
export function addressIn(host: string): string | undefined {
  const address = host.replace(/^\[(.+)\]$/, '$1');
  return isIP(address) === 0 ? undefined : address;
}

/**
 * Sets the hostname of the service on endpoints that are not its hosts, such as a load balancer or an address. Endpoints that are hosts of
 * the service are requested by their own names.
 */
export function withOwnHostname(groups: readonly EndpointGroup[], hosts: readonly string[]): readonly EndpointGroup[] {
  const hostname = ownHostname(hosts);
  if (hostname === undefined) return groups;
  return groups.map(({ locality, endpoints }) => ({
    locality,
    endpoints: endpoints.map((endpoint) =>
      hosts.includes(endpoint.address) && addressIn(endpoint.address) === undefined
        ? endpoint
        : { ...endpoint, hostname },
    ),
  }));
}

/**
 * Whether the Host header of requests to the service is rewritten.
 * @param ownHost whether the client calls the service itself, so that an external service accepts the Host header.
 */
export function isAskedByOwnName({ service, named }: Destination, ownHost: boolean): boolean {
  return service === undefined ? !ownHost : named === true;
}
