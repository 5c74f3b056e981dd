/** A Kubernetes Service as a destination. https://kubernetes.io/docs/concepts/services-networking/service/ */
import { isIP, isIPv6 } from 'node:net';
import type { Resource } from '../../../api/resource.js';
import type { ServiceSpec } from '../../../generated/resources.js';
import type { Destination, ServiceRef } from '../../model/model.js';
import { type MeshKey, NO_MESH, destinationKey } from '../../model/object-key.js';
import { needsPortAlone } from '../../model/port-sharing.js';
import { endpointAddress } from '../external/external-endpoints.js';
import { servedPorts } from '../services/ports.js';

export type ServiceResource = Resource<ServiceSpec>;

/** What other resources define about a service. */
export interface ServiceSurroundings {
  /** The Mesh of its cluster, or `NO_MESH`. */
  readonly mesh: MeshKey;
  /** Whether some of its endpoints are given by DNS name. */
  readonly named: boolean;
  /** The hostnames of its endpoints, sorted. */
  readonly hostnames: readonly string[];
}

/** The service's own name. */
export function serviceRefOf({ ref }: Pick<ServiceResource, 'ref'>): ServiceRef {
  return { name: ref.name, namespace: ref.namespace, cluster: ref.cluster ?? '' };
}

/** The name of a service's object, as Gloo Mesh makes it: `reviews-bookinfo-mgmt-cluster`. Two services may have the same. */
export function usualName({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster.replaceAll('.', '-')])].join('-');
}

/** A unique name, because the names of services and namespaces contain no dots. */
export function unmistakableName({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster])].join('.');
}

/** Its object stands beside the Mesh of its cluster, as if it had been discovered there, or else beside the service. */
export function discoveredNamespace({ namespace }: ServiceRef, mesh: MeshKey): string {
  return mesh === NO_MESH ? namespace : mesh.slice(mesh.lastIndexOf('.') + 1);
}

/** The destination whose object has that name. */
export function discoveredDestination(
  resource: ServiceResource,
  name: string,
  { mesh, named, hostnames }: ServiceSurroundings,
): Destination {
  const service = serviceRefOf(resource);
  const ref = { name, namespace: discoveredNamespace(service, mesh) };
  const { spec = {} } = resource;
  const externalName = externalNameOf(resource);
  const ports = servedPorts(spec.ports ?? [], 'kubernetes');
  const addresses = ports.some(({ protocol }) => needsPortAlone(protocol)) ? addressesOf(resource) : [];
  return {
    key: destinationKey(ref),
    ref,
    service,
    hosts: [],
    ports,
    labels: resource.labels,
    mesh,
    ...(addresses.length > 0 && { addresses }),
    ...(externalName !== undefined && { externalName }),
    ...((named || externalName !== undefined) && { named: true }),
    ...(isHeadless(resource) && hostnames.length > 0 && { endpointHosts: hostnames }),
    ...(prefersIpv6(spec) && { prefersIpv6: true }),
    ...(spec.publishNotReadyAddresses === true && { publishesNotReady: true }),
  };
}

/** Where the service leads; `undefined` for a name that nobody can look up. https://kubernetes.io/docs/concepts/services-networking/service/#externalname */
export function externalNameOf({ spec }: ServiceResource): string | undefined {
  return isExternalName(spec) ? endpointAddress(spec?.externalName ?? '') : undefined;
}

export function isExternalName(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'ExternalName';
}

/** DNS has the pods of a headless service by their own names. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields */
export function isHeadless({ spec: { clusterIP, clusterIPs } = {} }: ServiceResource): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === 'None';
}

/** The family that the service lists first, or that its first own address is of. */
function prefersIpv6({ ipFamilies, clusterIPs, clusterIP = '' }: ServiceSpec): boolean {
  const [family] = ipFamilies ?? [];
  return family === undefined ? isIPv6(clusterIPs?.[0] ?? clusterIP) : family === 'IPv6';
}

/** Its own addresses; `None` is none. */
function addressesOf({ spec = {} }: ServiceResource): readonly string[] {
  const { clusterIP = '', clusterIPs = [clusterIP] } = spec;
  return [...new Set(clusterIPs)].filter((address) => isIP(address) !== 0).sort();
}

/** UDP and SCTP are not for Envoy's HTTP and TCP proxies. */
export function isTcp({ protocol = '' }: { readonly protocol?: string }): boolean {
  return protocol === '' || protocol.toUpperCase() === 'TCP';
}
