/**
 * Whether outlier detection may eject enough endpoints to empty a failed tier. Envoy's limit is a share of all endpoints of the cluster,
 * so it also depends on the number of endpoints in the other tiers.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier
 */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../api/resource.js';
import type { OutlierDetectionPolicySpec, TrafficPolicySpec } from '../../generated/resources.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import type { ClusterTables } from '../clusters/clusters.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { describeFailover } from '../model/failover-key.js';
import { type FindingsOf, collectFindings } from '../model/finding.js';
import type { Locality, Tier } from '../model/model.js';
import type { PolicyTables } from '../policies/selection/policy-targets.js';
import { policyPath } from '../policies/traffic-policy-findings.js';
import type { TrafficPolicyTables } from '../policies/traffic-policies.js';
import type { TrafficPolicyKey, OutlierDetectionPolicyKey } from '../model/object-key.js';
import type { FailoverKey } from '../model/failover-key.js';
import { type TargetKey, isFailover } from '../model/target-key.js';
import { type ClusterKey, failoverCluster } from '../model/cluster-key.js';
import { type ClientKey, ANY_CLIENT, clientKey } from '../clusters/client-key.js';
import { rankingKey, tiersKey } from '../clusters/ranking-key.js';

export interface EjectionTables {
  /** For the cluster of a failover destination: the smallest `maxEjectionPercent` that can empty the first tier of every client. */
  readonly needed: Table<ClusterKey, number>;
  readonly findings: FindingsOf<TrafficPolicyKey>;
  /** The findings of OutlierDetectionPolicies. */
  readonly outlierDetectionPolicies: FindingsOf<OutlierDetectionPolicyKey>;
}

export function declareEjectionFindings(
  graph: Graph,
  inputs: EjectionInputs,
  { trafficPolicies, outlierDetectionPolicies }: EjectionPolicies,
  { failovers }: FailoverTables,
  clusters: ClusterTables,
): EjectionTables {
  const failoversOf = graph.index('failoversByDestination', failovers, ({ ports }) => [
    ...new Set(ports.flatMap((port) => port.backings.flat().map(({ destination }) => destination))),
  ]);
  const needed = graph.derive<ClusterKey, number>('neededEjectionPercent', (read, key) =>
    neededPercent(read, key, clusters),
  );
  const shortfalls = (read: Read, targets: readonly FailoverKey[], percent: number): readonly Shortfall[] =>
    [...new Set(targets)].sort().flatMap((failover) => {
      const keys = (read(failovers, failover)?.ports ?? []).map(({ number }) => failoverCluster(failover, number));
      const least = Math.max(
        0,
        ...keys
          .filter((cluster) => counts(read, cluster, percent, clusters))
          .map((cluster) => read(needed, cluster) ?? 0),
      );
      return least > percent ? [{ failover, least }] : [];
    });
  const failoversAmong = (read: Read, selected: Iterable<TargetKey>): readonly FailoverKey[] =>
    [...selected].flatMap((target) => (isFailover(target) ? [target] : (read(failoversOf, target) ?? [])));
  const findings: FindingsOf<TrafficPolicyKey> = (read, key) => {
    const policy = read(inputs.trafficPolicies, key);
    const percent = policy?.spec?.policy?.outlierDetection?.maxEjectionPercent;
    if (policy === undefined || percent === undefined || percent >= 100) return [];
    const selected = read(trafficPolicies.selected, key) ?? [];
    const targets = failoversAmong(read, selected);
    return toFindings(policy, [...policyPath, 'outlierDetection'], percent, shortfalls(read, targets, percent));
  };
  const ofOutlierDetectionPolicies: FindingsOf<OutlierDetectionPolicyKey> = (read, key) => {
    const policy = read(inputs.outlierDetectionPolicies, key);
    const percent = policy?.spec?.config?.maxEjectionPercent;
    if (policy === undefined || percent === undefined || percent >= 100) return [];
    return toFindings(
      policy,
      ['spec', 'config'],
      percent,
      shortfalls(read, failoversAmong(read, read(outlierDetectionPolicies.selected, key)?.keys() ?? []), percent),
    );
  };
  return { needed, findings, outlierDetectionPolicies: ofOutlierDetectionPolicies };
}

interface EjectionInputs {
  readonly trafficPolicies: Table<TrafficPolicyKey, Resource<TrafficPolicySpec>>;
  readonly outlierDetectionPolicies: Table<OutlierDetectionPolicyKey, Resource<OutlierDetectionPolicySpec>>;
}

interface EjectionPolicies {
  readonly trafficPolicies: TrafficPolicyTables;
  readonly outlierDetectionPolicies: Pick<
    PolicyTables<OutlierDetectionPolicyKey, OutlierDetectionPolicySpec>,
    'selected'
  >;
}

/** Whether the limit of the cluster comes from this policy. */
function counts(read: Read, key: ClusterKey, percent: number, { clusters }: ClusterTables): boolean {
  const cluster = read(clusters, key);
  const settings = cluster?.type === 'AGGREGATE' ? cluster.members.map((member) => member.settings) : [cluster];
  return settings.some((of) => of?.outlierDetection?.maxEjectionPercent === percent);
}

interface Shortfall {
  readonly failover: FailoverKey;
  readonly least: number;
}

function toFindings(
  { ref }: Resource<unknown>,
  path: FieldPath,
  percent: number,
  shortfalls: readonly Shortfall[],
): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  for (const { failover, least } of shortfalls) {
    const message = `maxEjectionPercent ${percent} is too low to eject the whole first tier of ${describeFailover(failover)}, so it would not fail over. Use at least ${least}.`;
    findings.warning('EjectionTooLow', [...path, 'maxEjectionPercent'], message);
  }
  return findings.all;
}

/** Each member of an aggregate has a limit of its own, and only 100 % empties it. A cluster with a single tier needs no minimum. */
function neededPercent(read: Read, key: ClusterKey, { clusters, rankings, tiers }: ClusterTables): number | undefined {
  const cluster = read(clusters, key);
  if (cluster?.type === 'AGGREGATE') return 100;
  if (cluster === undefined) return undefined;
  const seen = new Set<string>();
  const ranked = (client: ClientKey): readonly Tier[] => {
    const ranking = read(rankings, rankingKey(key, client)) ?? '';
    if (seen.has(ranking)) return [];
    seen.add(ranking);
    return read(tiers, tiersKey(key, ranking))?.tiers ?? [];
  };
  const anywhere = ranked(ANY_CLIENT);
  if (cluster.rule.type === 'listed') return percentOf(anywhere);
  const localities = anywhere.flatMap((tier) => tier.map(({ locality }) => locality));
  return Math.max(percentOf(anywhere), ...localities.map((locality) => percentOf(ranked(clientAt(locality)))));
}

function clientAt(locality: Locality): ClientKey {
  return clientKey({ locality, cluster: '', labels: {} });
}

function percentOf([first = [], ...others]: readonly Tier[]): number {
  if (others.length === 0) return 0;
  const count = (tier: Tier): number => tier.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  const all = count(first) + others.reduce((sum, tier) => sum + count(tier), 0);
  return Math.ceil((count(first) * 100) / all);
}
