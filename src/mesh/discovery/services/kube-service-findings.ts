/** Findings about Kubernetes services that Destinations declare. */
import type { FieldPath } from '../../../api/resource.js';
import type {
  DestinationSpec_KubeService as KubeService,
  DestinationSpec_KubeService_EndpointsSubset as EndpointsSubset,
  DestinationSpec_KubeService_EndpointsSubset_Endpoint as KubeEndpoint,
} from '../../../generated/resources.js';
import { isClusterName, isDnsName, isIpAddress, isPortNumber } from '../../model/address.js';
import type { Findings } from '../../model/finding.js';
import { describeService } from '../../model/model.js';
import { checkLabels } from './labels.js';
import { checkPorts, invalidPort, servedPorts } from './ports.js';
import { portsOf, serviceOf, tooLongHostname } from './service-ref.js';
import { targetPort } from './target-port.js';

export function checkKubeService(findings: Findings, service: KubeService, path: FieldPath): void {
  const { ports = [], endpointSubsets = [] } = service;
  checkRef(findings, service, [...path, 'ref']);
  checkLabels(findings, service.labels, [...path, 'labels']);
  checkLabels(findings, service.workloadSelectorLabels, [...path, 'workloadSelectorLabels']);
  if (ports.length === 0)
    findings.warning('MissingPort', path, 'The service has no ports, so no client can call it. Add a port.');
  checkPorts(findings, portsOf(service), 'kubernetes', [...path, 'ports'], nameOf(service));
  endpointSubsets.forEach((subset, i) => {
    checkSubset(findings, subset, service, [...path, 'endpointSubsets', i]);
  });
  checkMatched(findings, service, [...path, 'ports']);
  checkRegion(findings, service, path);
}

function nameOf(service: KubeService): string {
  return describeService(serviceOf(service));
}

function checkRef(findings: Findings, { ref = {} }: KubeService, path: FieldPath): void {
  for (const field of ['name', 'namespace'] as const) {
    const value = ref[field] ?? '';
    if (value === '')
      findings.error('MissingField', path, `Missing required field "ref.${field}". The Destination is ignored.`);
    else if (!isDnsName(value))
      findings.error(
        'InvalidName',
        [...path, field],
        `Invalid ${field} ${JSON.stringify(value)}: must be a DNS name. The Destination is ignored.`,
      );
  }
  const { clusterName = '' } = ref;
  if (!isClusterName(clusterName)) {
    const message = `Invalid clusterName ${JSON.stringify(clusterName)}: must be ASCII text without spaces. The Destination is ignored.`;
    findings.error('InvalidName', [...path, 'clusterName'], message);
  }
  const tooLong = tooLongHostname(serviceOf({ ref }));
  if (tooLong !== undefined)
    findings.error('InvalidName', path, `Invalid name of a service: ${tooLong}. The Destination is ignored.`);
}

function checkSubset(
  findings: Findings,
  { ports = [], endpoints = [] }: EndpointsSubset,
  service: KubeService,
  path: FieldPath,
): void {
  endpoints.forEach((endpoint, i) => {
    checkEndpoint(findings, endpoint, [...path, 'endpoints', i]);
  });
  ports.forEach(({ port = 0 }, i) => {
    if (isPortNumber(port)) return;
    findings.error(
      'InvalidPortNumber',
      [...path, 'ports', i, 'port'],
      `${invalidPort(port)} The endpoints are ignored there.`,
    );
  });
  const { ports: served = [] } = service;
  if (endpoints.length === 0 || served.some((port) => targetPort(ports, port, served.length) !== undefined)) return;
  const what =
    ports.length === 0
      ? 'The endpoints have no ports'
      : `No port of ${nameOf(service)} is called ${ports.map(({ name = '""' }) => name).join(' or ')}`;
  findings.warning(
    'UnmatchedPort',
    ports.length === 0 ? path : [...path, 'ports'],
    `${what}, so the endpoints get no traffic. Give them ports with the same names as the ports of the service.`,
  );
}

function checkEndpoint(findings: Findings, { ipAddress = '', labels }: KubeEndpoint, path: FieldPath): void {
  if (!isIpAddress(ipAddress)) {
    const hint = isDnsName(ipAddress) ? ' A DNS name can be an endpoint of an externalService.' : '';
    const message = `Invalid address ${JSON.stringify(ipAddress)}: must be an IP address. The endpoint is ignored.${hint}`;
    findings.error('InvalidAddress', [...path, 'ipAddress'], message);
  }
  checkLabels(findings, labels, [...path, 'labels']);
}

/** Reports ports that no endpoint has, if the service has endpoints. */
function checkMatched(findings: Findings, { ports = [], endpointSubsets = [] }: KubeService, path: FieldPath): void {
  const subsets = endpointSubsets.filter(
    ({ endpoints = [], ports: own = [] }) => endpoints.length > 0 && own.length > 0,
  );
  if (subsets.length === 0) return;
  const served = new Set(servedPorts(ports, 'kubernetes').map(({ number }) => number));
  ports.forEach((port, i) => {
    const repeated = ports.findIndex((earlier) => earlier.port === port.port) < i;
    if (
      repeated ||
      !served.has(port.port ?? 0) ||
      subsets.some((subset) => targetPort(subset.ports ?? [], port, ports.length) !== undefined)
    )
      return;
    const { port: number = 0, name = '' } = port;
    const label = name === '' ? String(number) : `${String(number)} (${name})`;
    findings.warning(
      'UnmatchedPort',
      [...path, i],
      `No endpoint has port ${label}, so requests to it fail. Add a port with the same name to endpointSubsets.`,
    );
  });
}

/** Reports endpoints without a region. Localities are compared by region first. A zone without a region is compared only with zones. */
function checkRegion(findings: Findings, { region = '', endpointSubsets = [] }: KubeService, path: FieldPath): void {
  const endpoints = endpointSubsets.flatMap((subset) => subset.endpoints ?? []);
  const lost = endpoints.filter(({ labels = {} }) => region === '' && !labels['topology.kubernetes.io/region']);
  if (lost.length === 0) return;
  const zoned = lost.some(({ subLocality }) => (subLocality?.zone ?? '') !== '');
  const effect = zoned
    ? 'only the zone of its endpoints is compared with others'
    : 'locality rules do not include its endpoints, and no client is near them';
  findings.warning('MissingRegion', path, `The service has no region: ${effect}. Set kubeService.region.`);
}
