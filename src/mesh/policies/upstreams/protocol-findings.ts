/** HTTP settings without effect on ports where Envoy proxies connections (TCP, MONGO, TLS, HTTPS). */
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

/** The settings of TrafficPolicies that apply to connections, and so to every port. */
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

/** On such a port Envoy can shift all connections, but not some: it knows neither the client nor the requests. */
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

/** A policy for all destinations gets a finding only if it has an effect on none of them. */
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

/** The part of the policy that limits the shift, for the message. */
function partOf(path: FieldPath): string {
  return path.at(-1) === 'trafficShift' ? ' of some clients or with some properties' : '';
}

/** The protocols of the selected ports. Another check reports a target without these ports. */
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
