/** Mistakes in EndpointSlices and Endpoints objects. An invalid value affects only its own endpoint. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { FieldPath } from '../../../api/resource.js';
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  Endpoint as KubeEndpoint,
  ServicePort,
} from '../../../generated/resources.js';
import { isDnsLabel, isDnsName, isIpAddress, isPortNumber } from '../../model/address.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import { type SliceResource, hasNames, hasPorts, isUsable, SERVICE_NAME_LABEL } from './kube-endpoints.js';
import type { EndpointsResource } from './kube-legacy-endpoints.js';
import type { ServiceResource } from './kube-service.js';
import { hasNamedTarget } from './kube-target.js';
import { invalidPort } from '../services/ports.js';

/** `service`: the slice's service, if it exists. `declared`: whether a Destination resource replaces the service. */
export function sliceFindings(
  { ref, labels, spec = {} }: SliceResource,
  service: ServiceResource | undefined,
  declared: boolean,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const name = labels[SERVICE_NAME_LABEL] ?? '';
  if (name === '') {
    const message = `The label ${SERVICE_NAME_LABEL} is missing, so the endpoints belong to no service. Add it.`;
    findings.warning('MissingServiceName', ['metadata', 'labels'], message);
  } else if (service === undefined && !declared)
    checkService(findings, ref, name, ['metadata', 'labels', SERVICE_NAME_LABEL]);
  spec.endpoints?.forEach((endpoint, i) => {
    checkEndpoint(findings, endpoint, spec, ['endpoints', i]);
  });
  checkPorts(findings, spec, service, ['ports']);
  return findings.all;
}

/** `service`: the service of the same name, if it exists. */
export function endpointsFindings(
  { ref, spec = {} }: EndpointsResource,
  service: ServiceResource | undefined,
  declared: boolean,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const { subsets = [] } = spec;
  // Leader election used to lock Endpoints objects without addresses.
  if (service === undefined && !declared && subsets.length > 0)
    checkService(findings, ref, ref.name, ['metadata', 'name']);
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const path = ['subsets', i];
    checkAddresses(findings, addresses, [...path, 'addresses']);
    checkAddresses(findings, notReadyAddresses, [...path, 'notReadyAddresses']);
    checkPorts(findings, { ports }, service, [...path, 'ports']);
  });
  return findings.all;
}

interface ClusterRef {
  readonly namespace: string;
  readonly cluster?: string;
}

function checkService(findings: Findings, { namespace, cluster }: ClusterRef, name: string, path: FieldPath): void {
  const where = cluster === undefined ? 'among the resources that name no cluster' : `in cluster ${cluster}`;
  findings.warning(
    'ServiceNotFound',
    path,
    `There is no Service ${name}.${namespace} ${where}, so the endpoints belong to no service.`,
  );
}

function checkAddresses(findings: Findings, addresses: readonly EndpointAddress[], path: FieldPath): void {
  addresses.forEach(({ ip = '', hostname = '' }, i) => {
    if (!isIpAddress(ip))
      findings.error(
        'InvalidAddress',
        [...path, i, 'ip'],
        `Invalid address ${JSON.stringify(ip)}: must be an IP address. The endpoint is ignored.`,
      );
    checkHostname(findings, hostname, [...path, i]);
  });
}

function checkEndpoint(
  findings: Findings,
  { addresses = [], hostname = '' }: KubeEndpoint,
  slice: EndpointSlice,
  path: FieldPath,
): void {
  const wanted = hasNames(slice) ? 'a DNS name' : 'an IP address';
  const usable = addresses.some((address) => isUsable(address, slice));
  addresses.forEach((address, i) => {
    if (isUsable(address, slice)) return;
    const hint =
      !hasNames(slice) && isDnsName(address) && address.includes('.') ? ' For DNS names, set addressType to FQDN.' : '';
    const message = `Invalid address ${JSON.stringify(address)}: must be ${wanted}. The ${usable ? 'address' : 'endpoint'} is ignored.${hint}`;
    findings.error('InvalidAddress', [...path, 'addresses', i], message);
  });
  if (addresses.length === 0)
    findings.error('MissingField', path, 'Missing required field "addresses". The endpoint is ignored.');
  checkHostname(findings, hostname, path);
}

function checkHostname(findings: Findings, hostname: string, path: FieldPath): void {
  if (hostname === '' || isDnsLabel(hostname)) return;
  const message = `Invalid hostname ${JSON.stringify(hostname)}: must be a lowercase DNS label. Clients cannot call the endpoint by it.`;
  findings.error('InvalidHostname', [...path, 'hostname'], message);
}

function checkPorts(
  findings: Findings,
  slice: Pick<EndpointSlice, 'ports'>,
  service: ServiceResource | undefined,
  path: FieldPath,
): void {
  const { ports = [] } = slice;
  const served = service?.spec?.ports ?? [];
  ports.forEach((port, i) => {
    checkPort(findings, port, [...path, i]);
    if (service === undefined || isPortOf(port, served, ports.length)) return;
    const names = served.map(({ name = '' }) => name).filter((name) => name !== '');
    const known = names.length === 0 ? 'its port has no name' : `its ports are ${names.join(', ')}`;
    findings.warning(
      'UnmatchedPort',
      [...path, i],
      `Service ${service.ref.name} has no port ${JSON.stringify(port.name ?? '')}: ${known}. It gets no traffic.`,
    );
  });
  if (!hasPorts(slice)) checkTargets(findings, served, path);
}

function checkPort(findings: Findings, { port }: EndpointPort, path: FieldPath): void {
  if (port === undefined || isPortNumber(port)) return;
  findings.error('InvalidPortNumber', [...path, 'port'], `${invalidPort(port)} The endpoints are ignored there.`);
}

/** If both have a single port, the name does not matter. */
function isPortOf({ name = '' }: EndpointPort, served: readonly ServicePort[], siblings: number): boolean {
  return served.some((port) => (port.name ?? '') === name) || (served.length === 1 && siblings === 1);
}

function checkTargets(findings: Findings, served: readonly ServicePort[], path: FieldPath): void {
  for (const port of served.filter(hasNamedTarget)) {
    const message = `Port ${String(port.port ?? 0)} of the service refers to the port ${String(port.targetPort)} of its pods, whose number only the pods have. Set ports on the endpoints.`;
    findings.warning('UnmatchedPort', path, message);
  }
}
