/**
 * The properties of clients that the rules depend on. Clients that differ only in other properties get the same resources, so they have the
 * same keys.
 */
import { compareText } from '../../api/resource.js';
import { type Graph, type Read, type Table, type Single, SINGLE } from '../../graph/index.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { FailoverDestination, Locality } from '../model/model.js';
import type { OrderingClient } from '../preference/order.js';
import { coversLocality } from '../preference/locality-order.js';
import { type OrderRule, labelsOf } from '../preference/order-rule.js';
import type { UpstreamCluster } from './upstream-cluster.js';
import { type FailoverKey, failoverKey } from '../model/failover-key.js';
import { type FailoverPortKey, failoverPortKey } from '../model/target-key.js';
import { type ClusterKey, failoverCluster } from '../model/cluster-key.js';
import { type ClientKey, ANY_CLIENT, clientKey } from './client-key.js';

/** The properties that at least one rule depends on. */
export interface RuleScope {
  /** The labels of clients that rules compare, sorted. */
  readonly labels: readonly string[];
  /** The `from` localities of mappings, sorted. */
  readonly origins: readonly Locality[];
  /** Whether any resource depends on the client. */
  readonly any: boolean;
  /** Whether clusters depend on the client, not only their load assignments. */
  readonly clusters: boolean;
}

export type RuleScopeTable = Table<Single, RuleScope>;

export function declareRuleScope(
  graph: Graph,
  { failovers }: FailoverTables,
  rules: Table<FailoverPortKey, OrderRule>,
  clusters: Table<ClusterKey, UpstreamCluster>,
): RuleScopeTable {
  const all = graph.index('allFailovers', failovers, () => [SINGLE]);
  const ordered = graph.derive<FailoverKey, boolean>('clientOrderedFailovers', (read, key) => {
    const failover = read(failovers, key);
    const isCompared = rulesOf(read, key, failovers, rules).some(comparesClients);
    return isCompared && failover !== undefined && hasOrderedCluster(read, failover, clusters);
  });
  return graph.derive<Single, RuleScope>('ruleScope', (read) => {
    const keys = read(all, SINGLE) ?? [];
    const used = [...new Set(keys.flatMap((key) => rulesOf(read, key, failovers, rules)))];
    const labels = used.flatMap((rule) => (rule.type === 'labelKeys' ? labelsOf(rule) : []));
    const origins = used.flatMap((rule) => (rule.type === 'locality' ? rule.mappings.map(({ from }) => from) : []));
    return {
      labels: [...new Set(labels)].sort(),
      origins: distinct(origins),
      any: used.some(comparesClients),
      clusters: keys.some((key) => read(ordered, key)),
    };
  });
}

function comparesClients(rule: OrderRule): boolean {
  return rule.type === 'locality' || rule.type === 'labelKeys';
}

/** The rules of the ports of a failover destination. */
function rulesOf(
  read: Read,
  key: FailoverKey,
  failovers: FailoverTables['failovers'],
  rules: Table<FailoverPortKey, OrderRule>,
): readonly OrderRule[] {
  return (read(failovers, key)?.ports ?? []).flatMap(({ number }) => read(rules, failoverPortKey(key, number)) ?? []);
}

/**
 * Whether a cluster depends on the order of backends. The order of the members of an aggregate is part of the cluster. So are inline
 * endpoints.
 */
function hasOrderedCluster(
  read: Read,
  { ref, ports }: FailoverDestination,
  clusters: Table<ClusterKey, UpstreamCluster>,
): boolean {
  return ports.some(({ number }) => {
    const cluster = read(clusters, failoverCluster(failoverKey(ref), number));
    if (cluster?.type !== 'AGGREGATE') return cluster?.type === 'STRICT_DNS';
    return !cluster.listed || cluster.members.some(({ type }) => type === 'STRICT_DNS');
  });
}

function distinct(localities: readonly Locality[]): readonly Locality[] {
  const byText = new Map(localities.map((locality) => [formatOrigin(locality), locality]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, locality]) => locality);
}

/** The key of the client for rankings. `ANY_CLIENT` if no rule depends on clients. */
export function rankingScope(scope: RuleScope, client: OrderingClient): ClientKey {
  if (!scope.any) return ANY_CLIENT;
  const labels = scope.labels.flatMap((label) => {
    const value = client.labels[label];
    return value === undefined ? [] : [[label, value] as const];
  });
  return clientKey({ ...client, labels: Object.fromEntries(labels) });
}

/**
 * The key of the client for clusters, to be parsed by `parseClient`. If clusters depend on the client, it is the key for rankings.
 * Otherwise, it contains only the most specific origin that covers the client's locality. The origin determines whether the weights of
 * localities apply.
 */
export function clusterScope(scope: RuleScope, client: OrderingClient): ClientKey {
  if (scope.clusters) return rankingScope(scope, client);
  const covering = scope.origins.filter((origin) => coversLocality(origin, client.locality));
  const best = covering.reduce<Locality | undefined>(
    (most, origin) => (most && depth(most) >= depth(origin) ? most : origin),
    undefined,
  );
  return best === undefined ? ANY_CLIENT : clientKey({ locality: best, cluster: '', labels: {} });
}

function depth(origin: Locality): number {
  return formatOrigin(origin).length;
}

function formatOrigin({ region, zone, subZone }: Locality): string {
  return JSON.stringify([region, zone, subZone].filter((part) => part !== ''));
}
