/** The endpoints of one port of a Destination resource. */
import type {
  DestinationSpec,
  DestinationSpec_KubeService as KubeService,
  DestinationSpec_KubeService_EndpointsSubset_Endpoint as KubeEndpoint,
} from '../../generated/resources.js';
import { canonicalAddress, isIpAddress, isPortNumber } from '../model/address.js';
import type { EndpointGroup } from '../model/model.js';
import { externalEndpoints } from './external/external-endpoints.js';
import { localityOf } from './services/kube-place.js';
import { usableLabels } from './services/labels.js';
import { type LocatedEndpoint, groupByLocality, toHealth } from './services/endpoint-groups.js';
import { targetPort } from './services/target-port.js';

/** A destination without endpoints, or without that port, gives no groups. */
export function endpointsOf(spec: DestinationSpec, port: number): readonly EndpointGroup[] {
  const located = spec.externalService
    ? externalEndpoints(spec.externalService, port)
    : kubeEndpoints(spec.kubeService ?? {}, port);
  return groupByLocality(located);
}

/** Endpoints that Envoy would reject are left out: it rejects all endpoints of a cluster because of one. */
function kubeEndpoints(service: KubeService, number: number): readonly LocatedEndpoint[] {
  const { ports = [], endpointSubsets = [], region = '' } = service;
  const port = ports.find((candidate) => candidate.port === number);
  return endpointSubsets.flatMap((subset) => {
    const target = port && targetPort(subset.ports ?? [], port, ports.length);
    if (target === undefined || !isPortNumber(target)) return [];
    const usable = (subset.endpoints ?? []).filter(({ ipAddress = '' }) => isIpAddress(ipAddress));
    return usable.map((endpoint) => toLocated(endpoint, target, region));
  });
}

/** Parts of the locality that the service does not specify are read from the labels of the endpoint. */
function toLocated(
  { ipAddress = '', labels: written = {}, subLocality, health }: KubeEndpoint,
  port: number,
  region: string,
): LocatedEndpoint {
  const labels = usableLabels(written);
  const { zone = '', subZone = '' } = subLocality ?? {};
  const told = region === '' || zone === '' || subZone === '' ? localityOf(labels) : undefined;
  return {
    locality: {
      region: region || (told?.region ?? ''),
      zone: zone || (told?.zone ?? ''),
      subZone: subZone || (told?.subZone ?? ''),
    },
    endpoint: { address: canonicalAddress(ipAddress), port, health: toHealth(health), labels },
  };
}
