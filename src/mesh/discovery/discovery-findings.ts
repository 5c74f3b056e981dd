/** What is worth knowing about a Service or an EndpointSlice. Nothing makes them invalid: Kubernetes took them. */
import type { Diagnostic } from '../../api/diagnostic.js';
import { collectFindings } from '../model/finding.js';
import { type SliceResource, hasNames, isUsable, serviceNameLabel } from './kube-endpoints.js';
import { type ServiceResource, serviceRefOf } from './kube-service.js';
import { formatService } from '../model/model.js';

/** `declared`: keys of the Destination resources about the same service. */
export function serviceFindings(service: ServiceResource, [declared]: readonly string[]): readonly Diagnostic[] {
  const findings = collectFindings(service.ref);
  if (declared !== undefined) {
    const name = formatService(serviceRefOf(service));
    const message = `Destination ${declared} describes ${name} already; the Service and its EndpointSlices are ignored.`;
    findings.warning('AlreadyDeclared', [], message);
  }
  return findings.all;
}

export function sliceFindings({ ref, labels, spec = {} }: SliceResource): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  if (!labels[serviceNameLabel]) {
    const message = `No label ${serviceNameLabel} names a service, so the endpoints belong to none.`;
    findings.warning('MissingServiceName', ['metadata', 'labels'], message);
  }
  const wanted = hasNames(spec) ? 'a DNS name' : 'an IP address';
  spec.endpoints?.forEach(({ addresses = [] }, i) => {
    const [address] = addresses;
    if (address === undefined || isUsable(address, spec)) return;
    const message = `Invalid address ${address}: must be ${wanted}. The endpoint is ignored.`;
    findings.warning('InvalidAddress', ['endpoints', i, 'addresses', 0], message);
  });
  return findings.all;
}
