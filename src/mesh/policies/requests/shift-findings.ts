/** Mistakes in the destinations of a traffic shift. */
import type { FieldPath } from '../../../api/resource.js';
import type { TrafficPolicySpec_Policy as Policy, WeightedDestination } from '../../../generated/resources.js';
import type { Read } from '../../../graph/index.js';
import { namedService } from '../../discovery/services/service-ref.js';
import { checkPercent } from '../../model/duration-findings.js';
import { failoverKey } from '../../model/failover-key.js';
import { toFailoverSpec } from '../../model/failover-spec.js';
import type { Findings } from '../../model/finding.js';
import type { Destination } from '../../model/model.js';
import { destinationPortKey } from '../../model/target-key.js';
import type { Selectable } from '../selection/policy-selection.js';
import { checkHeaders } from './request-findings.js';
import { choosePort } from './shift-targets.js';
import { type SubsetLabels, formatSubset, inSubset, isSubset } from '../../discovery/services/subset.js';

/** `at`: the path of the list. */
export function checkShift(
  read: Read,
  findings: Findings,
  shares: readonly WeightedDestination[],
  at: FieldPath,
  selectable: Selectable,
): void {
  shares.forEach((share, i) => {
    checkTarget(read, findings, share, [...at, i], selectable);
    const headers = share.options?.headerManipulation;
    if (headers) checkHeaders(findings, headers, [...at, i, 'options', 'headerManipulation']);
  });
  checkWeights(findings, shares, at);
  checkTiers(findings, shares, at);
}

function checkWeights(findings: Findings, shares: readonly WeightedDestination[], at: FieldPath): void {
  const sum = shares.reduce((total, { weight = 0 }) => total + weight, 0);
  const omitted = shares.length === 1 && shares[0]?.weight === undefined;
  if (shares.length === 0 || sum === 100 || omitted) return;
  findings.error('InvalidWeights', at, `The weights of trafficShift add up to ${sum}. They must add up to 100.`);
}

/** Envoy does not move the share of a failed service to the other services, so that share of the requests fails. */
function checkTiers(findings: Findings, shares: readonly WeightedDestination[], at: FieldPath): void {
  if (shares.length < 2) return;
  shares.forEach(({ kubeService, weight = 0 }, i) => {
    if (kubeService === undefined || weight === 0) return;
    const { name = '', namespace = '', clusterName = '' } = kubeService;
    const service = `${name}.${namespace}.${clusterName}`;
    const message = `${weight} % of the requests fail when ${service} fails. To let them fail over, use a FailoverService or VirtualDestination as the target.`;
    findings.warning('TargetWithoutTiers', [...at, i], message);
  });
}

function checkTarget(
  read: Read,
  findings: Findings,
  share: WeightedDestination,
  path: FieldPath,
  selectable: Selectable,
): void {
  const { kubeService, failoverService, virtualDestination } = share;
  if (kubeService) {
    const destination = findService(read, kubeService, selectable);
    if (destination === undefined) {
      findings.error(
        'ShiftTargetNotFound',
        path,
        `Destination ${nameOf(kubeService)}.${kubeService.clusterName ?? ''} not found.`,
      );
      return;
    }
    checkPort(
      findings,
      destination.ports,
      kubeService.port,
      `Destination ${destination.ref.name}.${destination.ref.namespace}`,
      [...path, 'kubeService', 'port'],
    );
    checkSubset(read, findings, kubeService.subset, [destination], [...path, 'kubeService', 'subset'], selectable);
    return;
  }
  if (failoverService)
    checkFailover(read, findings, 'FailoverService', failoverService, [...path, 'failoverService'], selectable);
  else if (virtualDestination)
    checkFailover(
      read,
      findings,
      'VirtualDestination',
      virtualDestination,
      [...path, 'virtualDestination'],
      selectable,
    );
  else
    findings.error(
      'UnsupportedTarget',
      path,
      'A target of trafficShift must be a kubeService, failoverService or virtualDestination.',
    );
}

interface FailoverRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly subset?: SubsetLabels;
  readonly port?: number;
}

function checkFailover(
  read: Read,
  findings: Findings,
  kind: string,
  target: FailoverRef,
  path: FieldPath,
  { failovers }: Selectable,
): void {
  const { name = '', namespace = '' } = target;
  const resource = read(failovers, failoverKey({ kind, namespace, name }));
  if (resource === undefined) {
    findings.error('ShiftTargetNotFound', path.slice(0, -1), `${kind} ${nameOf(target)} not found.`);
    return;
  }
  checkPort(findings, toFailoverSpec(resource).ports, target.port, `${kind} ${nameOf(target)}`, [...path, 'port']);
  checkLabels(findings, target.subset, [...path, 'subset']);
}

function nameOf({ name = '', namespace = '' }: { readonly name?: string; readonly namespace?: string }): string {
  return `${name}.${namespace}`;
}

function findService(
  read: Read,
  service: NonNullable<WeightedDestination['kubeService']>,
  { destinations }: Selectable,
): Destination | undefined {
  const [key] = read(destinations.byService, namedService(service)) ?? [];
  return key === undefined ? undefined : read(destinations.destinations, key);
}

function checkPort(
  findings: Findings,
  ports: readonly { readonly number: number }[],
  port: number | undefined,
  of: string,
  path: FieldPath,
): void {
  const numbers = ports.map(({ number }) => number);
  if (port === undefined || port === 0 || choosePort(numbers, port, port) !== undefined) return;
  findings.error('TargetPortNotFound', path, `${of} has no port ${port}: choose one of ${numbers.join(', ')}.`);
}

function checkLabels(findings: Findings, subset: SubsetLabels | undefined, path: FieldPath): boolean {
  if (subset === undefined || isSubset(subset)) return true;
  findings.error('InvalidSubset', path, 'A subset must consist of valid Kubernetes labels.');
  return false;
}

/** A subset without endpoints is no error: endpoints may appear later. */
function checkSubset(
  read: Read,
  findings: Findings,
  subset: SubsetLabels | undefined,
  among: readonly Destination[],
  path: FieldPath,
  { destinations }: Selectable,
): void {
  if (subset === undefined || !checkLabels(findings, subset, path)) return;
  const backings = among.flatMap(({ key, ports }) => ports.map(({ number }) => destinationPortKey(key, number)));
  if (backings.some((key) => inSubset(read(destinations.endpoints, key) ?? [], subset).length > 0)) return;
  findings.warning(
    'SubsetNotFound',
    path,
    `No endpoint has the labels ${formatSubset(subset)}, so this share of the requests fails.`,
  );
}

export function checkMirror(
  read: Read,
  findings: Findings,
  { kubeService, port, percentage }: NonNullable<Policy['mirror']>,
  path: FieldPath,
  selectable: Selectable,
): void {
  checkPercent(findings, percentage, [...path, 'percentage']);
  const destination = kubeService && findService(read, kubeService, selectable);
  const { name = '', namespace = '', clusterName = '' } = kubeService ?? {};
  if (destination === undefined) {
    findings.error('MirrorTargetNotFound', path, `Destination ${name}.${namespace}.${clusterName} not found.`);
    return;
  }
  checkPort(findings, destination.ports, port, `Destination ${destination.ref.name}.${destination.ref.namespace}`, [
    ...path,
    'port',
  ]);
}
