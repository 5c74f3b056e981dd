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

/** Properties of a service that other resources define. */
export interface ServiceSurroundings {
  /** The Mesh of its cluster, or `NO_MESH`. */
  readonly mesh: MeshKey;
  /** Whether some of its endpoints are DNS names. */
  readonly named: boolean;
  /** The hostnames of its endpoints, sorted. */
  readonly hostnames: readonly string[];
}

/** The service's own name. */
export function serviceRefOf({ ref }: Pick<ServiceResource, 'ref'>): ServiceRef {
  return { name: ref.name, namespace: ref.namespace, cluster: ref.cluster ?? '' };
}

/** The name of a service's object in Gloo Mesh, such as `reviews-bookinfo-mgmt-cluster`. Not always unique. */
export function usualName({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster.replaceAll('.', '-')])].join('-');
}

/** A unique name, because the names of services and namespaces contain no dots. */
export function unmistakableName({ name, namespace, cluster }: ServiceRef): string {
  return [name, namespace, ...(cluster === '' ? [] : [cluster])].join('.');
}

/** The namespace of its object: that of the Mesh of its cluster, as in Gloo Mesh, or else that of the service. */
export function discoveredNamespace({ namespace }: ServiceRef, mesh: MeshKey): string {
  return mesh === NO_MESH ? namespace : mesh.slice(mesh.lastIndexOf('.') + 1);
}

/** The destination of a service whose object has this name. */
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

/** The target of an ExternalName service; `undefined` if it is no valid DNS name. https://kubernetes.io/docs/concepts/services-networking/service/#externalname */
export function externalNameOf({ spec }: ServiceResource): string | undefined {
  return isExternalName(spec) ? endpointAddress(spec?.externalName ?? '') : undefined;
}

export function isExternalName(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'ExternalName';
}

/** Pods of a headless service have DNS names of their own. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields */
export function isHeadless({ spec: { clusterIP, clusterIPs } = {} }: ServiceResource): boolean {
  return (clusterIPs?.[0] ?? clusterIP) === 'None';
}

/** By the first IP family that the service lists, else by its first address. */
function prefersIpv6({ ipFamilies, clusterIPs, clusterIP = '' }: ServiceSpec): boolean {
  const [family] = ipFamilies ?? [];
  return family === undefined ? isIPv6(clusterIPs?.[0] ?? clusterIP) : family === 'IPv6';
}

/** The IP addresses of the service. `None` is not an address. */
function addressesOf({ spec = {} }: ServiceResource): readonly string[] {
  const { clusterIP = '', clusterIPs = [clusterIP] } = spec;
  return [...new Set(clusterIPs)].filter((address) => isIP(address) !== 0).sort();
}

/** Envoy's HTTP and TCP proxies support neither UDP nor SCTP. */
export function isTcp({ protocol = '' }: { readonly protocol?: string }): boolean {
  return protocol === '' || protocol.toUpperCase() === 'TCP';
}
