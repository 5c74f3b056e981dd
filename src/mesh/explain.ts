/** How Envoy distributes the traffic of one client to one cluster: each tier, the rule that made it, and its share. */
import type { Read } from '../graph/index.js';
import { classify } from './clusters/endpoint-class.js';
import type { EndpointCluster } from './clusters/upstream-cluster.js';
import { type Destination, type Endpoint, type OutlierDetection, type Tier, formatService } from './model/model.js';
import type { OrderingClient } from './preference/order.js';
import { distributesFor } from './preference/order-rule.js';
import { describePlace } from './preference/rule-text.js';
import {
  type LocalityShare,
  type TierHealth,
  tierHealth,
  inPanic,
  priorityLoad,
  tierShares,
} from './clusters/shares.js';
import type { MeshModel } from './tables.js';
import { failoverPortKey } from './model/target-key.js';
import { type ClusterKey, memberCluster, parseCluster } from './model/cluster-key.js';
import { clientKey } from './clusters/client-key.js';
import { rankingKey, tiersKey } from './clusters/ranking-key.js';

export interface ExplainedTier {
  /** The priority in the cluster that the requests go to. */
  readonly priority: number;
  /** In percent of all traffic of the client to the host. */
  readonly share: number;
  readonly rule: string;
  readonly localities: readonly LocalityShare[];
}

export interface Explanation {
  readonly tiers: readonly ExplainedTier[];
  /** Why traffic may not go to the tiers as shown. */
  readonly warnings: readonly string[];
}

interface DescribedTier {
  readonly tier: Tier;
  readonly rule: string;
  readonly weighted: boolean;
  /** The cluster of this priority: the requested one, or a member of an aggregate. */
  readonly cluster: ClusterKey;
  /** The outlier detection of this tier's hosts. Absent: hosts are never ejected. */
  readonly outlierDetection: OutlierDetection | undefined;
}

/** `portion`: the cluster's part of all traffic, 0 to 1. Without tiers if the cluster does not exist or has no endpoints. */
export function explain(
  read: Read,
  model: MeshModel,
  cluster: ClusterKey,
  client: OrderingClient,
  portion = 1,
): Explanation {
  const described = describeTiers(read, model, cluster, client);
  const health = described.map(({ tier }) => tierHealth(tier.flatMap(({ endpoints }) => endpoints)));
  const shares = priorityLoad(health).map((share) => share * portion);
  const panic = panicOf(described, health);
  const tiers = described.map(({ tier, rule, weighted }, i) => ({
    priority: i,
    share: shares[i] ?? 0,
    rule,
    localities: tierShares(tier, shares[i] ?? 0, weighted, panic[i] ?? false),
  }));
  return { tiers, warnings: [...panicWarnings(panic, health), ...unreachable(described)] };
}

/** Each member of an aggregate decides on panic mode by its own priorities. */
function panicOf(described: readonly DescribedTier[], health: readonly TierHealth[]): readonly boolean[] {
  const panic = new Map<string, boolean[]>();
  for (const cluster of new Set(described.map((tier) => tier.cluster))) {
    panic.set(cluster, [...inPanic(health.filter((_, i) => described[i]?.cluster === cluster))]);
  }
  return described.map(({ cluster }) => panic.get(cluster)?.shift() ?? false);
}

function panicWarnings(panic: readonly boolean[], health: readonly TierHealth[]): readonly string[] {
  const tiers = panic.flatMap((is, i) => (is ? [i] : []));
  if (tiers.length === 0) return [];
  if (health.every(({ healthy }) => healthy === 0))
    return ['No endpoint of any tier is healthy: Envoy uses all of them.'];
  return tiers.map((i) => `Less than 1 % of the endpoints of tier ${String(i)} are healthy: Envoy uses all of them.`);
}

function describeTiers(
  read: Read,
  model: MeshModel,
  key: ClusterKey,
  client: OrderingClient,
): readonly DescribedTier[] {
  const cluster = read(model.clusters.clusters, key);
  if (cluster === undefined) return [];
  if (cluster.type !== 'AGGREGATE') return describeCluster(read, model, key, cluster, client);
  const runs = read(model.clusters.layouts, rankingKey(key, clientKey(client))) ?? [];
  return runs.flatMap(({ member, run }) => {
    const own = memberCluster(key, member, run);
    const name = read(model.clusters.clusters, own)?.name ?? '';
    return describeTiers(read, model, own, client).map((tier) => ({
      ...tier,
      rule: `${tier.rule}; cluster ${name} of the aggregate`,
    }));
  });
}

function describeCluster(
  read: Read,
  model: MeshModel,
  key: ClusterKey,
  cluster: EndpointCluster,
  client: OrderingClient,
): readonly DescribedTier[] {
  const ranking = read(model.clusters.rankings, rankingKey(key, clientKey(client))) ?? '';
  const { tiers = [] } = read(model.clusters.tiers, tiersKey(key, ranking)) ?? {};
  const weighted = distributesFor(cluster.rule, client.locality);
  const { outlierDetection } = cluster;
  return tiers.map((tier) => ({
    tier,
    rule: ruleOf(read, model, key, cluster, client, tier),
    weighted,
    cluster: key,
    outlierDetection,
  }));
}

/** The tier's position in the listed order, if any, and the properties of its endpoints that the rule compares. */
function ruleOf(
  read: Read,
  model: MeshModel,
  key: ClusterKey,
  cluster: EndpointCluster,
  client: OrderingClient,
  tier: Tier,
): string {
  const first = tier[0]?.endpoints[0];
  const isFirst = ({ address, port }: Endpoint): boolean => address === first?.address && port === first.port;
  const found = [...classify(read, cluster, model.destinations)].find(([, { endpoints }]) => endpoints.some(isFirst));
  if (found === undefined) return '';
  const [of] = found;
  const backings = cluster.backings[of.list] ?? [];
  const names = backings
    .flatMap(({ destination }) => read(model.destinations.destinations, destination) ?? [])
    .map(nameOf);
  const listed =
    cluster.backings.length > 1 || cluster.rule.type === 'listed'
      ? [`${String(of.list + 1)}. ${names.join(', ')}`]
      : [];
  const place = describePlace(cluster.rule, client, of);
  return [...listed, ...(place === '' ? [] : [`${place}${policyName(read, model, key)}`])].join('; ');
}

export function nameOf({ service, hosts, ref }: Destination): string {
  return service ? formatService(service) : (hosts[0] ?? ref.name);
}

function policyName(read: Read, { virtualDestinationPolicies }: MeshModel, key: ClusterKey): string {
  const [kind, of, port] = parseCluster(key);
  const [policy] =
    kind === 'failover'
      ? virtualDestinationPolicies.failoverPolicies.onPort(read, failoverPortKey(of, Number(port)))
      : [];
  return policy === undefined ? '' : `, by FailoverPolicy ${policy.ref.name}.${policy.ref.namespace}`;
}

/** Outlier detection can only empty a tier up to `max_ejection_percent`. While 72 % of the hosts are left, Envoy uses no later tier. */
function unreachable(tiers: readonly DescribedTier[]): readonly string[] {
  const [first] = tiers;
  const hosts = tiers
    .filter(({ cluster }) => cluster === first?.cluster)
    .map(({ tier }) => tierHealth(tier.flatMap(({ endpoints }) => endpoints)).hosts);
  const all = hosts.reduce((a, b) => a + b, 0);
  if (first === undefined || tiers.length < 2) return [];
  if (first.outlierDetection === undefined)
    return [
      'Tier 0 has no outlier detection: the other tiers get traffic only when discovery says that its endpoints are not ready.',
    ];
  const { maxEjectionPercent } = first.outlierDetection;
  const own = hosts[0] ?? 0;
  const ejectable = Math.min(own, Math.floor((all * maxEjectionPercent) / 100));
  if (ejectable >= own) return [];
  return [
    `maxEjectionPercent ${String(maxEjectionPercent)} lets only ${String(ejectable)} of the ${String(own)} endpoints of tier 0 be ejected: it can never be left entirely.`,
  ];
}
