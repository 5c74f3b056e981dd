/**
 * The endpoints of EndpointSlices, with what their nodes and pods say of them.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import { isIP } from 'node:net';
import type { Resource } from '../../api/resource.js';
import type {
  EndpointConditions,
  EndpointSlice,
  Endpoint as KubeEndpoint,
  ServicePort,
} from '../../generated/resources.js';
import type { Located } from './located.js';
import { localityOf } from './kube-place.js';
import { isTcp } from './kube-service.js';
import { isPortNumber } from '../model/address.js';
import type { Endpoint, Health, Locality, Port } from '../model/model.js';

export type SliceResource = Resource<EndpointSlice>;

/** The label that names a slice's service. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** What discovery keeps of a pod. */
export interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  /** Name of its node; empty where it does not say. */
  readonly node: string;
}

/** Finds what endpoints refer to, in the cluster of their slice. */
export interface Surroundings {
  readonly node: (name: string) => Locality | undefined;
  readonly pod: (namespace: string, name: string) => Pod | undefined;
}

/** An endpoint before it is known which port is asked for. */
export interface PlacedEndpoint {
  readonly locality: Locality;
  readonly endpoint: Omit<Endpoint, 'port'>;
}

/** Endpoints that have all the same ports. */
export interface PlacedSlice {
  readonly endpoints: readonly PlacedEndpoint[];
  /** By name of the service's port; absent where the slice says nothing of ports. */
  readonly ports?: Readonly<Record<string, number>>;
}

export function placeSlice({ ref, spec = {} }: SliceResource, around: Surroundings): PlacedSlice {
  const ports = (spec.ports ?? []).filter((port) => isTcp(port) && isPortNumber(port.port ?? 0));
  return {
    endpoints: (spec.endpoints ?? []).flatMap((endpoint) => {
      const address = endpoint.addresses?.[0]; // the others reach the same pod
      if (address === undefined || !isUsable(address, spec)) return [];
      const pod = podOf(endpoint, ref.namespace, around);
      const health = healthOf(endpoint.conditions);
      return [{ locality: placeOf(endpoint, pod, around), endpoint: { address, health, labels: pod?.labels ?? {} } }];
    }),
    ...(spec.ports && { ports: Object.fromEntries(ports.map(({ name = '', port = 0 }) => [name, port])) }),
  };
}

/** Whether the slice's addresses are DNS names. */
export function hasNames({ addressType }: EndpointSlice): boolean {
  return addressType === 'FQDN';
}

/** Envoy refuses all endpoints of a cluster for one whose address is none, or one with a zone such as `fe80::1%eth0`. */
export function isUsable(address: string, slice: EndpointSlice): boolean {
  return hasNames(slice) ? hostname.test(address) : isIP(address) > 0 && !address.includes('%');
}

const hostname = /^[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,251}[a-zA-Z0-9])?$/;

/** A pod on its way out is not ready any more, but its going is no failure. A condition that is absent counts as good. */
export function healthOf({ ready = true, terminating = false }: EndpointConditions = {}): Health {
  return terminating ? 'DRAINING' : ready ? 'HEALTHY' : 'UNHEALTHY';
}

function podOf({ targetRef }: KubeEndpoint, namespace: string, around: Surroundings): Pod | undefined {
  if (targetRef?.name === undefined || (targetRef.kind ?? 'Pod') !== 'Pod') return undefined;
  return around.pod(targetRef.namespace ?? namespace, targetRef.name);
}

/** The node knows best; what it does not tell, or where there is none, the slice may. */
function placeOf(endpoint: KubeEndpoint, pod: Pod | undefined, around: Surroundings): Locality {
  const { nodeName, zone = '', deprecatedTopology = {} } = endpoint;
  const told = localityOf(deprecatedTopology);
  const node = around.node(nodeName ?? pod?.node ?? '') ?? localityOf({});
  return {
    region: firstGiven(node.region, told.region),
    zone: firstGiven(node.zone, zone, told.zone),
    subZone: firstGiven(node.subZone, told.subZone),
  };
}

function firstGiven(...texts: readonly string[]): string {
  return texts.find((text) => text !== '') ?? '';
}

/** The endpoints of a slice at a port of its service. `ports`: all that the service has; `declared`: the port as written. */
export function atPort(
  slice: PlacedSlice,
  port: Port,
  ports: readonly Port[],
  declared: ServicePort | undefined,
): readonly Located[] {
  const target = slice.ports === undefined ? ownTarget(port, declared) : sliceTarget(slice.ports, port, ports);
  if (target === undefined) return [];
  return slice.endpoints.map(({ locality, endpoint }) => ({ locality, endpoint: { ...endpoint, port: target } }));
}

/** Kubernetes ties a service's port to its endpoints' by name; where there is one of each, the name does not matter. */
function sliceTarget(
  targets: Readonly<Record<string, number>>,
  { name }: Port,
  ports: readonly Port[],
): number | undefined {
  const [sole, ...others] = Object.values(targets);
  return targets[name] ?? (ports.length === 1 && others.length === 0 ? sole : undefined);
}

/** A slice without ports leaves them to the service. A named target would need the pod's containers. */
function ownTarget({ number }: Port, declared: ServicePort | undefined): number | undefined {
  const { targetPort } = declared ?? {};
  if (targetPort === undefined) return number;
  const target = Number(targetPort);
  return isPortNumber(target) ? target : undefined;
}

/** Where an ExternalName service leads: the same ports at another name. */
export function atExternalName(address: string, { number }: Port): readonly Located[] {
  const locality = { region: '', zone: '', subZone: '' };
  return [{ locality, endpoint: { address, port: number, health: 'HEALTHY', labels: {} } }];
}
