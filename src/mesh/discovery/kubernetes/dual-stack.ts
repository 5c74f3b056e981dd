/**
 * Pods with an address of each IP family. Kubernetes has separate EndpointSlices for the families, but a pod must be one endpoint. As
 * two endpoints, it would lose half of its traffic when one family cannot be reached, and a healthy locality would seem half failed.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/
 */
import { isIPv6 } from 'node:net';
import type { Endpoint, Health } from '../../model/model.js';
import type { LocatedEndpoint } from '../services/endpoint-groups.js';

export interface OwnedEndpoint extends LocatedEndpoint {
  /** Identifies the pod. Empty if it is unknown: then the endpoint is not merged with another. */
  readonly owner: string;
}

/** One endpoint for each pod and port, at its address of the preferred family. The other address is an additional one. */
export function mergeFamilies(endpoints: readonly OwnedEndpoint[], prefersIpv6: boolean): readonly LocatedEndpoint[] {
  const second = endpoints.filter(({ endpoint }) => isIPv6(endpoint.address) !== prefersIpv6);
  if (second.length === 0 || second.length === endpoints.length) return endpoints;
  const partners = new Map<string, OwnedEndpoint[]>();
  for (const other of second)
    if (other.owner !== '') partners.set(keyOf(other), [...(partners.get(keyOf(other)) ?? []), other]);
  const first = endpoints.filter(({ endpoint }) => isIPv6(endpoint.address) === prefersIpv6);
  const joined = first.map((endpoint): LocatedEndpoint => join(endpoint, partners.get(keyOf(endpoint))?.shift()));
  return [...joined, ...second.filter(({ owner }) => owner === ''), ...[...partners.values()].flat()];
}

function keyOf({ owner, endpoint }: OwnedEndpoint): string {
  return `${owner} ${String(endpoint.port)}`;
}

function join(first: OwnedEndpoint, second: OwnedEndpoint | undefined): LocatedEndpoint {
  if (second === undefined) return first;
  const [a, b] = [first.endpoint, second.endpoint];
  const { address, port, labels } = a;
  const additionalAddresses = [...(a.additionalAddresses ?? []), b.address, ...(b.additionalAddresses ?? [])];
  return { locality: first.locality, endpoint: { address, port, health: worse(a, b), labels, additionalAddresses } };
}

/** The two slices of a pod change one after the other. The worse health is the newer one if the pod fails, and briefly outdated if it recovers. */
function worse({ health: a }: Endpoint, { health: b }: Endpoint): Health {
  return rank[a] >= rank[b] ? a : b;
}

const rank: Readonly<Record<Health, number>> = { HEALTHY: 0, UNHEALTHY: 1, DRAINING: 2 };
