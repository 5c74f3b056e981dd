/** The port of the endpoints for a port of a Kubernetes service. */
import type { ServicePort } from '../../../generated/resources.js';
import { isPortNumber } from '../../model/address.js';
import type { Destination, Endpoint, Health, Port } from '../../model/model.js';
import type { OwnedEndpoint } from './dual-stack.js';
import type { PlacedEndpoint, PlacedSlice } from './kube-endpoints.js';
import type { LocatedEndpoint } from '../services/endpoint-groups.js';

/** The endpoints of a slice at a port of its service. `declared`: the port in the Service resource. */
export function atPort(
  slice: PlacedSlice,
  port: Port,
  { ports, publishesNotReady }: Destination,
  declared: ServicePort | undefined,
): readonly OwnedEndpoint[] {
  const named = slice.ports === undefined ? undefined : sliceTarget(slice.ports, port, ports);
  const target = slice.ports === undefined || named === 0 ? ownTarget(port, declared) : named;
  if (target === undefined) return [];
  return slice.endpoints.map(({ locality, endpoint, owner }) => ({
    locality,
    endpoint: atTarget(endpoint, target, publishesNotReady === true),
    owner,
  }));
}

/** Whether the port number is only in the Service resource. */
export function needsDeclaredPort({ ports }: PlacedSlice): boolean {
  return ports === undefined || Object.values(ports).includes(0);
}

/** Copies field by field. With a spread, V8 would give each of the many objects a hidden class of its own. */
function atTarget(
  { address, health: own, labels, additionalAddresses }: PlacedEndpoint['endpoint'],
  port: number,
  ready: boolean,
): Endpoint {
  const health: Health = ready && own === 'UNHEALTHY' ? 'HEALTHY' : own;
  return additionalAddresses === undefined
    ? { address, port, health, labels }
    : { address, port, health, labels, additionalAddresses };
}

/** Kubernetes assigns ports of a service to ports of endpoints by name. If both have a single port, the name does not matter. */
function sliceTarget(
  targets: Readonly<Record<string, number>>,
  { name }: Port,
  ports: readonly Port[],
): number | undefined {
  const [sole, ...others] = Object.values(targets);
  return targets[name] ?? (ports.length === 1 && others.length === 0 ? sole : undefined);
}

/** The target port of the service, for a slice without ports. A named target port would need the containers of the pod. */
function ownTarget({ number }: Port, { targetPort }: ServicePort = {}): number | undefined {
  if (targetPort === undefined) return number;
  const target = Number(targetPort);
  return isPortNumber(target) ? target : undefined;
}

/** Whether only the pods define the number of the target port. */
export function hasNamedTarget({ targetPort }: ServicePort): boolean {
  return targetPort !== undefined && !isPortNumber(Number(targetPort));
}

/** The endpoint of an ExternalName service: the same port of the other name. */
export function atExternalName(address: string, { number }: Port): readonly LocatedEndpoint[] {
  const locality = { region: '', zone: '', subZone: '' };
  return [{ locality, endpoint: { address, port: number, health: 'HEALTHY', labels: {} } }];
}
