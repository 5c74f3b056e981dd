/** The names by which services outside of the clusters know themselves: they do not answer to those that failover destinations have. */
import { isIP } from 'node:net';
import type { Destination, EndpointGroup } from '../../model/model.js';

/** The name that an external service is asked by; `undefined` where it has none but addresses and wildcards. */
export function ownHostname(hosts: readonly string[]): string | undefined {
  return hosts.find((host) => addressIn(host) === undefined && !host.includes('*'));
}

/** The address that stands as a host, without the brackets of IPv6; `undefined` for a name. */
export function addressIn(host: string): string | undefined {
  const address = host.replace(/^\[(.+)\]$/, '$1');
  return isIP(address) === 0 ? undefined : address;
}

/** Endpoints elsewhere, such as a load balancer's name or an address, are asked by the service's name; those that are its hosts by their own. */
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
 * Whether requests to the service get another Host on their way.
 *
 * @param ownHost whether the client asks for the service itself, so that an external one knows the Host that it uses
 */
export function isAskedByOwnName({ service, named }: Destination, ownHost: boolean): boolean {
  return service === undefined ? !ownHost : named === true;
}
