/**
 * Endpoints objects, the predecessor of EndpointSlices. They are read for services without EndpointSlices.
 * https://kubernetes.io/docs/concepts/services-networking/service/#endpoints
 */
import type { Resource } from '../../../api/resource.js';
import type {
  EndpointAddress,
  EndpointSlice,
  EndpointSubset,
  Endpoints,
  Endpoint as KubeEndpoint,
} from '../../../generated/resources.js';

export type EndpointsResource = Resource<Endpoints>;

/** Each subset as the EndpointSlice that Kubernetes would make of it. */
export function toSlices({ subsets = [] }: Endpoints): readonly EndpointSlice[] {
  return subsets.map(toSlice);
}

function toSlice({ addresses = [], notReadyAddresses = [], ports }: EndpointSubset): EndpointSlice {
  const endpoints = [
    ...addresses.map((address) => toEndpoint(address, true)),
    ...notReadyAddresses.map((address) => toEndpoint(address, false)),
  ];
  return { endpoints, ...(ports && { ports }) };
}

function toEndpoint({ ip = '', hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): KubeEndpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname !== undefined && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}
