/** What is wrong with a TrafficPolicy, apart from what other policies already own. */
import type { Diagnostic } from '../api/diagnostic.js';
import { parseDuration } from '../api/duration.js';
import { type FieldPath, type Resource, resourceKey } from '../api/resource.js';
import type {
  TrafficPolicySpec,
  TrafficPolicySpec_Policy as Policy,
  WeightedDestination,
} from '../generated/resources.js';
import type { Read, Table } from '../graph/index.js';
import { type DestinationTables, serviceKey } from './destinations.js';
import { type Findings, collectFindings } from './finding.js';
import type { OutlierDetectionSpec } from './outlier-detection.js';

/** What a traffic shift may name besides services. */
export interface PolicyTargets {
  /** By `resourceKey`; a row for every FailoverService and VirtualDestination, valid or not. */
  readonly failovers: Table<unknown>;
}

export function trafficPolicyFindings(
  read: Read,
  { ref, spec = {} }: Resource<TrafficPolicySpec>,
  destinations: DestinationTables,
  targets: PolicyTargets,
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const policy = spec.policy ?? {};
  checkSelector(read, findings, spec, destinations);
  if (policy.outlierDetection) checkOutlierDetection(findings, policy.outlierDetection, [...policyPath, 'outlierDetection']);
  if (policy.outlierDetection && (spec.sourceSelector?.length ?? 0) > 0) {
    findings.error(
      'SourceSelectorNotAllowed',
      ['spec', 'sourceSelector'],
      'Outlier detection counts for all clients of a destination: remove sourceSelector, or move outlierDetection to a TrafficPolicy without one.',
    );
  }
  checkTimeouts(findings, policy);
  checkShift(read, findings, policy.trafficShift?.destinations ?? [], [...policyPath, 'trafficShift', 'destinations'], destinations, targets);
  return findings.all;
}

/** Where the settings stand once the versions have one shape. */
export const policyPath: FieldPath = ['spec', 'policy'];

/** A destination may arrive later than the policies that name it, so an unknown one is no error. */
function checkSelector(read: Read, findings: Findings, spec: TrafficPolicySpec, destinations: DestinationTables): void {
  spec.destinationSelector?.forEach(({ kubeServiceRefs }, i) => {
    kubeServiceRefs?.services?.forEach((service, j) => {
      if (read(destinations.byService, serviceKey(service)) !== undefined) return;
      const { name = '', namespace = '', clusterName = '' } = service;
      findings.warning(
        'DestinationNotFound',
        ['spec', 'destinationSelector', i, 'kubeServiceRefs', 'services', j],
        `Destination ${name}.${namespace}.${clusterName} not found in discovery resources.`,
      );
    });
  });
}

export function checkOutlierDetection(
  findings: Findings,
  spec: OutlierDetectionSpec,
  path: FieldPath,
): void {
  checkDuration(findings, spec.interval, [...path, 'interval']);
  checkDuration(findings, spec.baseEjectionTime, [...path, 'baseEjectionTime']);
  const percent = spec.maxEjectionPercent ?? 100;
  if (percent > 100) {
    findings.error('InvalidPercent', [...path, 'maxEjectionPercent'], `Invalid percentage ${percent}: must be between 0 and 100, inclusive.`);
  }
}

function checkTimeouts(findings: Findings, { requestTimeout, retries }: Policy): void {
  checkDuration(findings, requestTimeout, [...policyPath, 'requestTimeout']);
  checkDuration(findings, retries?.perTryTimeout, [...policyPath, 'retries', 'perTryTimeout']);
}

/** Envoy takes no interval below one millisecond. */
export function checkDuration(findings: Findings, text: string | undefined, path: FieldPath): void {
  if (text === undefined || parseDuration(text) >= 1) return;
  findings.error('InvalidDuration', path, `Invalid duration ${text}: must be at least 1ms.`);
}

function checkShift(
  read: Read,
  findings: Findings,
  shares: readonly WeightedDestination[],
  at: FieldPath,
  destinations: DestinationTables,
  targets: PolicyTargets,
): void {
  shares.forEach((share, i) => {
    const path = [...policyPath, i];
    const missing = missingTarget(read, share, destinations, targets);
    if (missing !== undefined) findings.error('ShiftTargetNotFound', path, `${missing} not found.`);
  });
  const sum = shares.reduce((total, { weight = 0 }) => total + weight, 0);
  const omitted = shares.length === 1 && shares[0]?.weight === undefined;
  if (shares.length === 0 || sum === 100 || omitted) return;
  findings.error('InvalidWeights', at, `trafficShift weights add up to ${sum}, must be 100.`);
}

function missingTarget(
  read: Read,
  { kubeService, failoverService, virtualDestination }: WeightedDestination,
  destinations: DestinationTables,
  targets: PolicyTargets,
): string | undefined {
  if (kubeService) {
    const { name = '', namespace = '', clusterName = '' } = kubeService;
    return read(destinations.byService, serviceKey(kubeService)) ? undefined : `Destination ${name}.${namespace}.${clusterName}`;
  }
  const [kind, ref] = failoverService ? ['FailoverService', failoverService] : ['VirtualDestination', virtualDestination ?? {}];
  const { name = '', namespace = '' } = ref;
  return read(targets.failovers, resourceKey({ kind, namespace, name })) === undefined ? `${kind} ${name}.${namespace}` : undefined;
}
