/** Mistakes in a TrafficPolicy. Conflicts with older policies are found in `traffic-policies.ts`. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../api/resource.js';
import type { TrafficPolicySpec, TrafficPolicySpec_Policy as Policy } from '../../generated/resources.js';
import type { Read } from '../../graph/index.js';
import { checkDuration, checkPercent } from '../model/duration-findings.js';
import { type Findings, collectFindings } from '../model/finding.js';
import type { OutlierDetectionSpec } from './upstreams/outlier-detection.js';
import { checkDestinationSelector, checkWorkloadSelector } from './selection/destination-selector-findings.js';
import type { Selectable } from './selection/policy-selection.js';
import { checkConnectionSettings } from './upstreams/connection-settings.js';
import { checkCors, checkFault, checkHeaders, checkMatcher } from './requests/request-findings.js';
import { checkRetries } from './requests/retry-findings.js';
import { checkMirror, checkShift } from './requests/shift-findings.js';

export function trafficPolicyFindings(
  read: Read,
  { ref, spec = {} }: Resource<TrafficPolicySpec>,
  selectable: Selectable,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  spec.destinationSelector?.forEach((selector, i) => {
    checkDestinationSelector(findings, selector, ['spec', 'destinationSelector', i]);
  });
  spec.sourceSelector?.forEach((selector, i) => {
    checkWorkloadSelector(findings, selector, ['spec', 'sourceSelector', i]);
  });
  spec.httpRequestMatchers?.forEach((matcher, i) =>
    checkMatcher(findings, matcher, ['spec', 'httpRequestMatchers', i]),
  );
  checkScope(findings, spec);
  checkRouteSelector(findings, spec);
  checkPolicy(read, findings, spec.policy ?? {}, selectable);
  return findings.all;
}

/** The path of the settings, once all versions of the resource have one shape. */
export const policyPath: FieldPath = ['spec', 'policy'];

/** Cluster settings apply to all traffic of the cluster, so they cannot depend on the client or the request. */
function checkScope(
  findings: Findings,
  { sourceSelector = [], httpRequestMatchers = [], policy = {} }: TrafficPolicySpec,
): void {
  if (policy.outlierDetection && sourceSelector.length > 0) {
    findings.error(
      'SourceSelectorNotAllowed',
      ['spec', 'sourceSelector'],
      'Outlier detection applies to all clients of a destination. Remove sourceSelector, or move outlierDetection to a TrafficPolicy without one.',
    );
  }
  for (const field of ['mtls', 'connectionPoolSettings'] as const) {
    if (policy[field] === undefined || sourceSelector.length === 0) continue;
    findings.warning(
      'AppliesToAllTraffic',
      [...policyPath, field],
      `${field} applies to all clients of a destination, regardless of sourceSelector.`,
    );
  }
  for (const field of ['outlierDetection', 'mtls', 'connectionPoolSettings'] as const) {
    if (policy[field] === undefined || httpRequestMatchers.length === 0) continue;
    findings.warning(
      'AppliesToAllTraffic',
      [...policyPath, field],
      `${field} applies to all requests to a destination, regardless of httpRequestMatchers.`,
    );
  }
}

function checkPolicy(read: Read, findings: Findings, policy: Policy, selectable: Selectable): void {
  const {
    outlierDetection,
    trafficShift,
    faultInjection,
    corsPolicy,
    mirror,
    headerManipulation,
    mtls,
    connectionPoolSettings,
  } = policy;
  if (outlierDetection) checkOutlierDetection(findings, outlierDetection, [...policyPath, 'outlierDetection']);
  checkRetries(findings, policy, policyPath);
  checkShift(
    read,
    findings,
    trafficShift?.destinations ?? [],
    [...policyPath, 'trafficShift', 'destinations'],
    selectable,
  );
  if (faultInjection) checkFault(findings, faultInjection, [...policyPath, 'faultInjection']);
  if (corsPolicy) checkCors(findings, corsPolicy, [...policyPath, 'corsPolicy']);
  if (mirror) checkMirror(read, findings, mirror, [...policyPath, 'mirror'], selectable);
  if (connectionPoolSettings)
    checkConnectionSettings(findings, connectionPoolSettings, [...policyPath, 'connectionPoolSettings']);
  if (headerManipulation) checkHeaders(findings, headerManipulation, [...policyPath, 'headerManipulation']);
  if (mtls?.istio?.tlsMode === 'SIMPLE') {
    const message =
      'SIMPLE encrypts, but Envoy does not verify the certificate of the server, because no resource names a certificate authority.';
    findings.warning('CertificateNotVerified', [...policyPath, 'mtls', 'istio', 'tlsMode'], message);
  }
}

export function checkOutlierDetection(findings: Findings, spec: OutlierDetectionSpec, path: FieldPath): void {
  if (spec.consecutiveErrors === 0) {
    findings.warning(
      'FieldWithoutEffect',
      [...path, 'consecutiveErrors'],
      'consecutiveErrors 0 means the default: 5 errors eject an endpoint.',
    );
  }
  checkDuration(findings, spec.interval, [...path, 'interval']);
  checkDuration(findings, spec.baseEjectionTime, [...path, 'baseEjectionTime']);
  checkPercent(findings, spec.maxEjectionPercent, [...path, 'maxEjectionPercent']);
}

/** A policy for gateway routes only must not become a policy for all routes. */
function checkRouteSelector(findings: Findings, { routeSelector, destinationSelector }: TrafficPolicySpec): void {
  if (routeSelector === undefined || destinationSelector !== undefined) return;
  const message =
    'routeSelector selects nothing, because there are no gateway routes. Use destinationSelector instead.';
  findings.error('InvalidSelector', ['spec', 'routeSelector'], message);
}
