/** Settings for HTTP requests where none are seen: on ports of which only connections are (TCP, MONGO, TLS, HTTPS). */
import type { FieldPath, Resource } from '../../../api/resource.js';
import type { Diagnostic } from '../../../api/diagnostic.js';
import type { RetryTimeoutPolicySpec, TrafficPolicySpec } from '../../../generated/resources.js';
import type { Read } from '../../../graph/index.js';
import { toFailoverSpec } from '../../model/failover-spec.js';
import { type Findings, collectFindings } from '../../model/finding.js';
import type { Protocol } from '../../model/model.js';
import { isHttp } from '../../model/port-sharing.js';
import { parseProtocol } from '../../model/protocol.js';
import type { Selectable } from '../selection/policy-selection.js';
import { type TargetKey, isFailover } from '../../model/target-key.js';
import { type Selected, describeNames } from '../selection/target-selectors.js';

/** Settings of TrafficPolicies that are about connections, and so count on every port. */
const ofConnections: ReadonlySet<string> = new Set(['outlierDetection', 'mtls', 'connectionPoolSettings']);

export function trafficPolicyProtocolFindings(
  read: Read,
  { ref, spec = {} }: Resource<TrafficPolicySpec>,
  selected: readonly TargetKey[],
  selectable: Selectable,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const fields = Object.keys(spec.policy ?? {}).filter((field) => isAboutRequests(field, spec));
  if (fields.length === 0) return [];
  const targets = selected.map((target) => ({ target }));
  const paths = fields.map((field): FieldPath => ['spec', 'policy', field]);
  checkProtocols(read, findings, targets, paths, spec.destinationSelector !== undefined, selectable);
  return findings.all;
}

/** All connections may be shifted, but not some: neither their sender nor their requests are seen. */
function isAboutRequests(field: string, { sourceSelector = [], httpRequestMatchers = [] }: TrafficPolicySpec): boolean {
  return field === 'trafficShift' ? sourceSelector.length + httpRequestMatchers.length > 0 : !ofConnections.has(field);
}

export function retryTimeoutProtocolFindings(
  read: Read,
  { ref, spec = {} }: Resource<RetryTimeoutPolicySpec>,
  selected: readonly Selected[],
  selectable: Selectable,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const paths = Object.keys(spec.config ?? {}).map((field): FieldPath => ['spec', 'config', field]);
  checkProtocols(
    read,
    findings,
    selected,
    paths,
    spec.applyToRoutes !== undefined && spec.applyToRoutes.length > 0,
    selectable,
  );
  return findings.all;
}

/** A policy about everything need not be about ports where it does nothing, as long as it does something somewhere. */
function checkProtocols(
  read: Read,
  findings: Findings,
  selected: readonly Selected[],
  paths: readonly FieldPath[],
  isMeant: boolean,
  selectable: Selectable,
): void {
  const without = selected.filter((one) => protocolsOf(read, one, selectable).every((protocol) => !isHttp(protocol)));
  if (without.length === 0 || (!isMeant && without.length < selected.length)) return;
  const protocols = [...new Set(without.flatMap((one) => protocolsOf(read, one, selectable)))].sort();
  const where = describeNames(without.map(({ target }) => target));
  for (const path of paths) {
    const message = `${String(path.at(-1))} has no effect on ${where}: it applies to HTTP requests${partOf(path)}, which Envoy does not parse on ${protocols.join(' and ')} ports.`;
    findings.warning('FieldWithoutEffect', path, message);
  }
}

/** What a shift of some of the traffic is about. */
function partOf(path: FieldPath): string {
  return path.at(-1) === 'trafficShift' ? ' of some clients or with some properties' : '';
}

/** Of the selected ports; a target without ports is left to others. */
function protocolsOf(
  read: Read,
  { target, ports }: Selected,
  { failovers, destinations }: Selectable,
): readonly Protocol[] {
  const counts = (number: number): boolean => ports?.includes(number) ?? true;
  if (!isFailover(target)) {
    const own = read(destinations.destinations, target)?.ports ?? [];
    return orHttp(own.filter(({ number }) => counts(number)).map(({ protocol }) => protocol));
  }
  const resource = read(failovers, target);
  const own = resource === undefined ? [] : toFailoverSpec(resource).ports;
  return orHttp(own.filter(({ number }) => counts(number)).flatMap(({ protocol }) => parseProtocol(protocol) ?? []));
}

function orHttp(protocols: readonly Protocol[]): readonly Protocol[] {
  return protocols.length === 0 ? ['HTTP'] : protocols;
}
