/** Warnings about targets of a traffic shift with different retries and timeouts: a route has one of each. Each target keeps its outlier detection. */
import type { ClusterContext } from '../clusters/cluster-settings.js';
import type { Diagnostic } from '../../api/diagnostic.js';
import type { Resource } from '../../api/resource.js';
import type { TrafficPolicySpec, WeightedDestination } from '../../generated/resources.js';
import type { Input, Read } from '../../graph/index.js';
import { type Findings, type FindingsOf, collectFindings } from '../model/finding.js';
import type { RequestRules } from '../policies/retry-timeout-policies.js';
import { shiftTarget } from '../policies/requests/shift-targets.js';
import { rulesOnTarget } from './routes.js';
import type { TrafficPolicyKey } from '../model/object-key.js';
import { type TargetKey, isFailover } from '../model/target-key.js';
import { type ClusterKey, destinationCluster, targetOfCluster } from '../model/cluster-key.js';

export function findShiftRules(
  policies: Input<TrafficPolicyKey, Resource<TrafficPolicySpec>>,
  context: ClusterContext,
): FindingsOf<TrafficPolicyKey> {
  return (read, key) => {
    const policy = read(policies, key);
    const shares = (policy?.spec?.policy?.trafficShift?.destinations ?? []).filter(({ weight = 0 }) => weight > 0);
    if (policy === undefined || shares.length < 2) return [];
    const findings = collectFindings(policy.ref);
    for (const { host, port } of (read(context.policies.selected, key) ?? []).flatMap((of) =>
      hostsOf(read, of, context),
    )) {
      checkHost(
        findings,
        targetsOf(read, shares, port, context),
        policy.spec?.policy ?? {},
        rulesOnTarget(read, host, context),
      );
    }
    return distinct(findings.all);
  };
}

function hostsOf(
  read: Read,
  destination: TargetKey,
  { destinations }: ClusterContext,
): readonly { readonly host: ClusterKey; readonly port: number }[] {
  if (isFailover(destination)) return [];
  return (read(destinations.destinations, destination)?.ports ?? []).map(({ number }) => ({
    host: destinationCluster(destination, number),
    port: number,
  }));
}

interface Target {
  readonly name: string;
  readonly weight: number;
  readonly rules: RequestRules;
}

/** Sorted by share, the largest last: it takes precedence. */
function targetsOf(
  read: Read,
  shares: readonly WeightedDestination[],
  port: number,
  context: ClusterContext,
): readonly Target[] {
  const targets = shares.flatMap((share): readonly Target[] => {
    const cluster = shiftTarget(read, share, port, {
      destinations: context.destinations,
      failovers: context.failovers.failovers,
    });
    return cluster === undefined
      ? []
      : [{ name: nameOf(share, cluster), weight: share.weight ?? 0, rules: rulesOnTarget(read, cluster, context) }];
  });
  return targets.sort((a, b) => a.weight - b.weight);
}

function nameOf(
  { kubeService, failoverService, virtualDestination }: WeightedDestination,
  cluster: ClusterKey,
): string {
  const { name = '', namespace = '' } = kubeService ?? failoverService ?? virtualDestination ?? {};
  const kind = kubeService ? 'Destination' : failoverService ? 'FailoverService' : 'VirtualDestination';
  return name === '' ? targetOfCluster(cluster) : `${kind} ${name}.${namespace}`;
}

/** Fields of the rules as the resources call them, and the field of a TrafficPolicy that would take precedence. */
const fields = [
  { field: 'requestTimeoutMs', written: 'requestTimeout', text: milliseconds },
  { field: 'attempts', written: 'retries.attempts', text: String },
  { field: 'perTryTimeoutMs', written: 'retries.perTryTimeout', text: milliseconds },
  { field: 'retryOn', written: 'retries.retryOn', text: String },
  { field: 'retryRemoteLocalities', written: 'retries.retryRemoteLocalities', text: String },
] as const;

function milliseconds(value: unknown): string {
  return typeof value === 'number' && value % 1000 === 0 ? `${value / 1000}s` : `${String(value)}ms`;
}

/** `own` and `ofHost` take precedence over the rules of the targets. */
function checkHost(
  findings: Findings,
  targets: readonly Target[],
  own: NonNullable<TrafficPolicySpec['policy']>,
  ofHost: RequestRules,
): void {
  for (const { field, written, text } of fields) {
    const values = targets.map(({ rules }) => rules[field]);
    const decides = values.findLastIndex((value) => value !== undefined);
    if (decides < 0 || new Set(values).size < 2 || isOverridden(own, written) || ofHost[field] !== undefined) continue;
    const list = targets
      .map(({ name }, i) => `${name}: ${values[i] === undefined ? 'none' : text(values[i])}`)
      .join(', ');
    const message = `The targets differ in ${written} (${list}), but a route has only one: that of ${targets[decides]?.name ?? ''} applies to all of them. Set ${written} in this policy, or the same value for all targets.`;
    findings.warning('TargetSettingsDiffer', ['spec', 'policy', 'trafficShift', 'destinations'], message);
  }
}

/** Whether the policy sets the field itself. What it sets for a route takes precedence over the rules of the route's targets. */
function isOverridden({ retries, requestTimeout }: NonNullable<TrafficPolicySpec['policy']>, written: string): boolean {
  const [group = '', field = ''] = written.split('.');
  if (group === 'requestTimeout') return requestTimeout !== undefined;
  return (retries as Readonly<Record<string, unknown>> | undefined)?.[field] !== undefined;
}

function distinct(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return findings.filter(({ message }, i) => findings.findIndex((other) => other.message === message) === i);
}
