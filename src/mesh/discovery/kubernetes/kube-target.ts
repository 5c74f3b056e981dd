/** At which port of its endpoints a port of a Kubernetes service is. */
import type { ServicePort } from '../../../generated/resources.js';
import { isPortNumber } from '../../model/address.js';
import type { Destination, Endpoint, Health, Port } from '../../model/model.js';
import type { OwnedEndpoint } from './dual-stack.js';
import type { PlacedEndpoint, PlacedSlice } from './kube-endpoints.js';
import type { LocatedEndpoint } from '../services/endpoint-groups.js';

/** The endpoints of a slice at a port of its service; `declared`: the port as it is written. */
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

/** Whether the port can only be known from the service as it is written. */
export function needsDeclaredPort({ ports }: PlacedSlice): boolean {
  return ports === undefined || Object.values(ports).includes(0);
}

/** Field by field: there are many, and spread each would have a hidden class of its own. */
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

/** Kubernetes ties a service's port to its endpoints' by name; where there is one of each, the name does not matter. */
function sliceTarget(
  targets: Readonly<Record<string, number>>,
  { name }: Port,
  ports: readonly Port[],
): number | undefined {
  const [sole, ...others] = Object.values(targets);
  return targets[name] ?? (ports.length === 1 && others.length === 0 ? sole : undefined);
}

/** Where the slice leaves ports to the service. A named target would need the pod's containers. */
function ownTarget({ number }: Port, { targetPort }: ServicePort = {}): number | undefined {
  if (targetPort === undefined) return number;
  const target = Number(targetPort);
  return isPortNumber(target) ? target : undefined;
}

/** Whether only the pods know the number of the port. */
export function hasNamedTarget({ targetPort }: ServicePort): boolean {
  return targetPort !== undefined && !isPortNumber(Number(targetPort));
}

/** Where an ExternalName service leads: the same ports at another name. */
export function atExternalName(address: string, { number }: Port): readonly LocatedEndpoint[] {
  const locality = { region: '', zone: '', subZone: '' };
  return [{ locality, endpoint: { address, port: number, health: 'HEALTHY', labels: {} } }];
}
