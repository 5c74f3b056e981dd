/** The endpoints of external services. */
import type {
  DestinationSpec_ExternalService as ExternalService,
  DestinationSpec_ExternalService_ExternalEndpoint as ExternalEndpoint,
} from '../../../generated/resources.js';
import { canonicalAddress, canonicalName, isDnsName, isIpAddress, isPortNumber } from '../../model/address.js';
import { ENDPOINT_HOST_LABEL } from '../../model/model.js';
import { endpointHostsOf, ownAddresses, toHost } from './external-hosts.js';
import { localityOf } from '../services/kube-place.js';
import { usableLabels } from '../services/labels.js';
import { type LocatedEndpoint, toHealth } from '../services/endpoint-groups.js';

/** An external service without endpoints is reached by its hosts, or else by its addresses. */
export function externalEndpoints(service: ExternalService, port: number): readonly LocatedEndpoint[] {
  const { endpoints = [], ports = [] } = service;
  if (endpoints.length === 0) return ownEndpoints(service, port);
  const name = ports.find((candidate) => candidate.number === port)?.name ?? '';
  return endpoints.flatMap((endpoint) => toLocated(endpoint, port, name));
}

function ownEndpoints(service: ExternalService, port: number): readonly LocatedEndpoint[] {
  const locality = { region: '', zone: '', subZone: '' };
  const separate = endpointHostsOf(service).length > 0;
  return ownAddresses(service).map((address) => {
    const labels = separate ? { [ENDPOINT_HOST_LABEL]: toHost(address) ?? '' } : {};
    return { locality, endpoint: { address, port, health: 'HEALTHY', labels } };
  });
}

/**
 * Uses the port that the endpoint maps to the name of the service port, or else the port of the service. The locality comes from the
 * labels.
 */
function toLocated(
  { address: written = '', ports = {}, health, labels: all = {} }: ExternalEndpoint,
  number: number,
  name: string,
): readonly LocatedEndpoint[] {
  const address = endpointAddress(written);
  const port = ports[name] ?? number;
  if (address === undefined || !isPortNumber(port)) return [];
  const labels = usableLabels(all);
  return [{ locality: localityOf(labels), endpoint: { address, port, health: toHealth(health), labels } }];
}

/** The address in the form that Envoy accepts. `undefined` if it is neither an IP address nor a DNS name. */
export function endpointAddress(text: string): string | undefined {
  if (isIpAddress(text)) return canonicalAddress(text);
  const name = canonicalName(text);
  return isDnsName(name) ? name : undefined;
}
