/** Mistakes in a Kubernetes Service, and fields without effect. Mostly warnings, because Kubernetes accepted the Service. */
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { FieldPath } from '../../../api/resource.js';
import type { ServicePort, ServiceSpec } from '../../../generated/resources.js';
import { isIpAddress } from '../../model/address.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import { describeService } from '../../model/model.js';
import { type ServiceResource, externalNameOf, isExternalName, isTcp, serviceRefOf } from './kube-service.js';
import type { RetainedEndpoints } from './shrink-guard.js';
import { checkLabels } from '../services/labels.js';
import { checkPorts } from '../services/ports.js';
import { isCallable, tooLongHostname } from '../services/service-ref.js';

/** Properties of a service that other resources define. */
export interface ServiceFacts {
  /** The key of a Destination resource about the same service. */
  readonly declared: string | undefined;
  /** Whether the service has EndpointSlices or an Endpoints object. */
  readonly hasSlices: boolean;
  /** Whether an EndpointSlice has a port of this name, or has no ports. */
  readonly hasPort: (name: string) => boolean;
}

const path: FieldPath = ['spec'];

/** @param retained the endpoints that stay for a grace time. */
export function serviceFindings(
  service: ServiceResource,
  facts: ServiceFacts,
  retained?: RetainedEndpoints,
): readonly Diagnostic[] {
  const findings = collectFindings(service.ref);
  const name = describeService(serviceRefOf(service));
  if (facts.declared !== undefined) {
    const message = `Destination ${facts.declared} already describes ${name}. The Service and its EndpointSlices are ignored.`;
    findings.warning('AlreadyDeclared', [], message);
    return findings.all;
  }
  const { spec = {} } = service;
  if (!isCallable(serviceRefOf(service))) {
    const problem =
      tooLongHostname(serviceRefOf(service)) ??
      'its name and namespace must be DNS names, and its cluster ASCII text without spaces';
    findings.error('InvalidName', ['metadata', 'name'], `Clients cannot call the service: ${problem}. It is ignored.`);
  }
  checkLabels(findings, spec.selector, [...path, 'selector']);
  checkPorts(findings, spec.ports ?? [], 'kubernetes', [...path, 'ports'], name);
  if (isExternalName(spec)) checkExternalName(findings, service);
  else checkEndpoints(findings, spec.ports ?? [], facts, name);
  if (retained !== undefined) findings.warning('EndpointsRetained', [], retainedMessage(retained));
  checkAddresses(findings, spec);
  checkPreferences(findings, spec);
  return findings.all;
}

function retainedMessage({ lost, had, until }: RetainedEndpoints): string {
  const time = new Date(until).toISOString().replace(/\.\d+Z$/u, 'Z');
  return `${lost} of ${had} endpoints disappeared at once. They stay in force until ${time}, unless they come back or their EndpointSlices are deleted.`;
}

/** Its own addresses, by which intercepted connections are known to be for it. */
function checkAddresses(findings: Findings, { clusterIP = '', clusterIPs }: ServiceSpec): void {
  (clusterIPs ?? [clusterIP]).forEach((address, i) => {
    if (address === '' || address === 'None' || isIpAddress(address)) return;
    const message = `Invalid address ${JSON.stringify(address)}: must be an IP address or None. It is ignored, so intercepted connections to it do not reach this service.`;
    findings.error(
      'InvalidAddress',
      [...path, ...(clusterIPs === undefined ? ['clusterIP'] : ['clusterIPs', i])],
      message,
    );
  });
}

function checkExternalName(findings: Findings, service: ServiceResource): void {
  const { externalName = '', ports = [] } = service.spec ?? {};
  if (externalName === '')
    findings.error('MissingField', path, 'Missing required field "externalName". The service has no endpoints.');
  else if (externalNameOf(service) === undefined) {
    const message = `Invalid address ${JSON.stringify(externalName)}: must be a DNS name. The service has no endpoints.`;
    findings.error('InvalidAddress', [...path, 'externalName'], message);
  }
  ports.forEach(({ port, targetPort }, i) => {
    if (targetPort === undefined || Number(targetPort) === port) return;
    const message = `targetPort has no effect in an ExternalName service: connections go to port ${String(port ?? 0)} of ${externalName}.`;
    findings.warning('FieldWithoutEffect', [...path, 'ports', i, 'targetPort'], message);
  });
}

function checkEndpoints(
  findings: Findings,
  ports: readonly ServicePort[],
  { hasSlices, hasPort }: ServiceFacts,
  name: string,
): void {
  const served = ports.filter(isTcp);
  if (served.length > 0 && !hasSlices) {
    findings.warning(
      'NoEndpointSlices',
      [],
      `No EndpointSlice or Endpoints object belongs to ${name}, so requests to it fail.`,
    );
    return;
  }
  ports.forEach((port, i) => {
    if (!isTcp(port) || ports.length === 1 || hasPort(port.name ?? '')) return;
    const message = `No EndpointSlice of ${name} has port ${JSON.stringify(port.name ?? '')}, so requests to it fail.`;
    findings.warning('UnmatchedPort', [...path, 'ports', i], message);
  });
}

/**
 * Fields that Kubernetes' own proxy uses, so that a person may expect an effect in Envoy as well. The other fields of a Service configure
 * how packets reach its addresses (`externalIPs`, `nodePort`, `loadBalancer…`, `externalTrafficPolicy`), which Lifeboat does not use, or
 * who creates the EndpointSlices.
 */
function checkPreferences(
  findings: Findings,
  { sessionAffinity, internalTrafficPolicy, trafficDistribution }: ServiceSpec,
): void {
  if (sessionAffinity === 'ClientIP') {
    findings.warning(
      'FieldWithoutEffect',
      [...path, 'sessionAffinity'],
      'sessionAffinity has no effect: each request goes to any endpoint.',
    );
  }
  if (internalTrafficPolicy === 'Local') {
    const message = 'internalTrafficPolicy has no effect: requests go to endpoints on every node.';
    findings.warning('FieldWithoutEffect', [...path, 'internalTrafficPolicy'], message);
  }
  if (trafficDistribution !== undefined && trafficDistribution !== '') {
    const message =
      'trafficDistribution has no effect. Use a VirtualDestination with a FailoverPolicy to prefer near endpoints.';
    findings.warning('FieldWithoutEffect', [...path, 'trafficDistribution'], message);
  }
}
