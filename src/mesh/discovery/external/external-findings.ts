/** Findings about external services. */
import type { FieldPath, ResourceRef } from '../../../api/resource.js';
import { didYouMean, suggest } from '../../../api/suggest.js';
import type {
  DestinationSpec_ExternalService as ExternalService,
  DestinationSpec_ExternalService_ExternalEndpoint as ExternalEndpoint,
} from '../../../generated/resources.js';
import { isIpAddress, isPortNumber } from '../../model/address.js';
import type { Findings } from '../../model/finding.js';
import type { Protocol } from '../../model/model.js';
import { formatObject } from '../../model/object-ref.js';
import { isHttp, needsPortAlone } from '../../model/port-sharing.js';
import { endpointAddress } from './external-endpoints.js';
import { endpointHostsOf, hostsOf, isWildcard, toHost } from './external-hosts.js';
import { checkLabels } from '../services/labels.js';
import { addressIn } from './own-hostname.js';
import { checkPorts, invalidPort, servedPorts } from '../services/ports.js';

export function checkExternalService(
  findings: Findings,
  service: ExternalService,
  path: FieldPath,
  ref: ResourceRef,
): void {
  const { hosts = [], addresses = [], endpoints = [], ports = [] } = service;
  if (hosts.length + addresses.length === 0)
    findings.error('MissingHostname', path, 'Missing required field "hosts". No client can call the service.');
  hosts.forEach((host, i) => {
    checkHost(findings, host, endpoints.length > 0, [...path, 'hosts', i]);
  });
  addresses.forEach((address, i) => {
    if (isIpAddress(address)) return;
    findings.error(
      'InvalidAddress',
      [...path, 'addresses', i],
      `Invalid address ${JSON.stringify(address)}: must be an IP address. It is ignored.`,
    );
  });
  if (ports.length === 0)
    findings.error('MissingPort', path, 'Missing required field "ports". No client can call the service.');
  checkPorts(findings, ports, 'external', [...path, 'ports'], formatObject(ref));
  checkHostsOnPorts(findings, service, [...path, 'ports']);
  const names = ports.flatMap(({ name = '' }) => (name === '' ? [] : [name]));
  endpoints.forEach((endpoint, i) => {
    checkEndpoint(findings, endpoint, names, [...path, 'endpoints', i]);
  });
}

function checkHost(findings: Findings, host: string, hasEndpoints: boolean, path: FieldPath): void {
  const known = toHost(host);
  if (known === undefined) {
    const message = `Invalid host ${JSON.stringify(host)}: ${whyNoHost(host)} The host is ignored.`;
    findings.error('InvalidHostname', path, message);
  } else if (isWildcard(known) && !hasEndpoints) {
    const message = `${host} cannot be resolved by DNS. Requests go to their original destination, which only an Envoy with interception knows. Set endpoints.`;
    findings.warning('HostWithoutAddress', path, message);
  }
}

/** Reports ports on which Envoy cannot distinguish the hosts, or cannot match them at all. */
function checkHostsOnPorts(findings: Findings, service: ExternalService, path: FieldPath): void {
  const { ports = [] } = service;
  const [separate, hosts] = [endpointHostsOf(service), hostsOf(service)];
  for (const { number, protocol } of servedPorts(ports, 'external')) {
    const at = [...path, ports.findIndex((port) => port.number === number)];
    if (needsPortAlone(protocol) && separate.length > 0) {
      const message = `Envoy cannot distinguish ${separate.join(', ')} on port ${String(number)} (${protocol}), so connections go to any of them. Create a Destination for each host, each on a separate port.`;
      findings.warning('HostsNotDistinguished', at, message);
    } else if (isTls(protocol) && hosts.length > 0 && hosts.every((host) => addressIn(host) !== undefined)) {
      const message = `Port ${String(number)} (${protocol}) distinguishes services by the server name, which is never an address, so no client can reach ${hosts.join(', ')} there. Use a hostname, or protocol TCP.`;
      findings.warning('HostsNotDistinguished', at, message);
    }
  }
}

function isTls(protocol: Protocol): boolean {
  return !needsPortAlone(protocol) && !isHttp(protocol);
}

function whyNoHost(host: string): string {
  if (host === '*') return 'it would match every host.';
  if (/^[^:]+:\d+$/.test(host)) return 'a host has no port. Set the ports in "ports".';
  if (host.includes('/')) return 'it must be a DNS name, not a URL or a range of addresses.';
  if (host.includes('*')) return 'a wildcard must be the first part of a name, as in *.example.com.';
  return 'must be a DNS name of at most 253 characters, or an IP address.';
}

function checkEndpoint(
  findings: Findings,
  { address = '', ports = {}, labels }: ExternalEndpoint,
  names: readonly string[],
  path: FieldPath,
): void {
  if (endpointAddress(address) === undefined) {
    const message = `Invalid address ${JSON.stringify(address)}: must be an IP address or a DNS name. The endpoint is ignored.`;
    findings.error('InvalidAddress', [...path, 'address'], message);
  }
  for (const [name, number] of Object.entries(ports)) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? 'its ports have no names' : `its ports are ${names.join(', ')}`;
      const message = `The service has no port ${JSON.stringify(name)}: ${known}. The entry is ignored.${didYouMean(suggest(name, names))}`;
      findings.warning('UnmatchedPort', [...path, 'ports', name], message);
    } else if (!isPortNumber(number)) {
      findings.error(
        'InvalidPortNumber',
        [...path, 'ports', name],
        `${invalidPort(number)} The endpoint is ignored there.`,
      );
    }
  }
  checkLabels(findings, labels, [...path, 'labels']);
}
