/**
 * The endpoints of EndpointSlices, with the properties of their nodes and pods.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import type { Resource } from '../../../api/resource.js';
import type { EndpointConditions, EndpointSlice, Endpoint as KubeEndpoint } from '../../../generated/resources.js';
import {
  canonicalAddress,
  canonicalName,
  isDnsLabel,
  isDnsName,
  isIpAddress,
  isPortNumber,
} from '../../model/address.js';
import { type Endpoint, type Health, type Locality, ENDPOINT_HOST_LABEL } from '../../model/model.js';
import { localityOf, ownLocalityOf } from '../services/kube-place.js';
import { isTcp } from './kube-service.js';
import type { Labels } from '../services/labels.js';

export type SliceResource = Resource<EndpointSlice>;

/** The label that names a slice's service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The properties of a pod that discovery uses. */
export interface Pod {
  readonly labels: Labels;
  /** The name of its node. Empty if the pod names none. */
  readonly node: string;
}

/** Looks up the nodes and pods of endpoints, in the cluster of their slice. */
export interface NodesAndPods {
  readonly node: (name: string) => Locality | undefined;
  readonly pod: (namespace: string, name: string) => Pod | undefined;
}

/** An endpoint without a port: the ports of its slice are stored separately. */
export interface PlacedEndpoint {
  readonly locality: Locality;
  readonly endpoint: Omit<Endpoint, 'port'>;
  /** Identifies the pod, in all slices. Empty if the slice does not name it. */
  readonly owner: string;
}

/** Endpoints with the same ports. */
export interface PlacedSlice {
  readonly endpoints: readonly PlacedEndpoint[];
  /** The port number, by the name of the service's port; 0: only the service says the number. Absent if the slice has no ports. */
  readonly ports?: Readonly<Record<string, number>>;
}

export function placeSlice({ ref, spec = {} }: Pick<SliceResource, 'ref' | 'spec'>, around: NodesAndPods): PlacedSlice {
  const { endpoints = [], ports = [] } = spec;
  const usable = ports.filter((port) => isTcp(port) && (port.port === undefined || isPortNumber(port.port)));
  return {
    endpoints: endpoints.flatMap((endpoint) => placeEndpoint(endpoint, ref.namespace, spec, around) ?? []),
    ...(hasPorts(spec) && { ports: Object.fromEntries(usable.map(({ name = '', port = 0 }) => [name, port])) }),
  };
}

function placeEndpoint(
  endpoint: KubeEndpoint,
  namespace: string,
  slice: EndpointSlice,
  around: NodesAndPods,
): PlacedEndpoint | undefined {
  const [address, ...others] = usableAddresses(endpoint, slice);
  if (address === undefined) return undefined;
  const pod = podOf(endpoint, namespace, around);
  const [health, labels] = [healthFromConditions(endpoint.conditions), labelsOf(endpoint, pod)];
  return {
    locality: endpointLocality(endpoint, pod, around),
    endpoint:
      others.length === 0 ? { address, health, labels } : { address, health, labels, additionalAddresses: others },
    owner: ownerOf(endpoint, namespace),
  };
}

/** The valid addresses of an endpoint. They reach the same pod. */
function usableAddresses({ addresses = [] }: KubeEndpoint, slice: EndpointSlice): readonly string[] {
  const usable = addresses.filter((address) => isUsable(address, slice));
  return [...new Set(usable.map(hasNames(slice) ? canonicalName : canonicalAddress))];
}

/** Whether the slice's addresses are DNS names. */
export function hasNames({ addressType }: EndpointSlice): boolean {
  return addressType === 'FQDN';
}

/** Envoy rejects all endpoints of a cluster because of one invalid address. */
export function isUsable(address: string, slice: EndpointSlice): boolean {
  return hasNames(slice) ? isDnsName(canonicalName(address)) : isIpAddress(address);
}

/** An empty list means the same as an absent one. */
export function hasPorts({ ports = [] }: EndpointSlice): boolean {
  return ports.length > 0;
}

/** A terminating pod is not ready, but that is not a failure. An absent condition counts as healthy. */
export function healthFromConditions({ ready = true, terminating = false }: EndpointConditions = {}): Health {
  return terminating ? 'DRAINING' : ready ? 'HEALTHY' : 'UNHEALTHY';
}

/** The labels of the pod, and the hostname by which clients can call it. */
function labelsOf({ hostname = '' }: KubeEndpoint, pod: Pod | undefined): Labels {
  const labels = pod?.labels ?? {};
  return isDnsLabel(hostname) ? { ...labels, [ENDPOINT_HOST_LABEL]: hostname } : labels;
}

function ownerOf({ targetRef }: KubeEndpoint, ownNamespace: string): string {
  const { kind = 'Pod', namespace = ownNamespace, name, uid = '' } = targetRef ?? {};
  return name === undefined ? '' : `${kind}/${namespace}/${name}/${uid}`;
}

function podOf({ targetRef }: KubeEndpoint, namespace: string, around: NodesAndPods): Pod | undefined {
  if (targetRef?.name === undefined || (targetRef.kind ?? 'Pod') !== 'Pod') return undefined;
  return around.pod(targetRef.namespace ?? namespace, targetRef.name);
}

/** The pod's own locality takes precedence, then its node. The slice supplies what is missing, then the pod's topology labels. */
function endpointLocality(endpoint: KubeEndpoint, pod: Pod | undefined, around: NodesAndPods): Locality {
  const own = ownLocalityOf(pod?.labels ?? {});
  if (own !== undefined) return own;
  const { nodeName, zone = '', deprecatedTopology = {} } = endpoint;
  const [told, copied] = [localityOf(deprecatedTopology), localityOf(pod?.labels ?? {})];
  const node = around.node(nodeName ?? pod?.node ?? '') ?? localityOf({});
  return {
    region: firstGiven(node.region, told.region, copied.region),
    zone: firstGiven(node.zone, zone, told.zone, copied.zone),
    subZone: firstGiven(node.subZone, told.subZone, copied.subZone),
  };
}

function firstGiven(...texts: readonly string[]): string {
  return texts.find((text) => text !== '') ?? '';
}
