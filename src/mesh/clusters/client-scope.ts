/**
 * How much of a client the rules look at. Clients that differ only in what no rule asks for get the same, and so should have the
 * same keys.
 */
import { compareText, resourceKey } from '../../api/resource.js';
import type { Graph, Read, Table } from '../../graph/index.js';
import { backingKey } from '../discovery/destinations.js';
import type { FailoverTables } from '../failovers/failovers.js';
import type { FailoverDestination, Locality } from '../model/model.js';
import type { OrderingClient } from '../preference/order.js';
import { covers } from '../preference/locality-order.js';
import { type OrderRule, labelsOf } from '../preference/order-rule.js';
import { failoverCluster } from './cluster-key.js';
import { clientKey } from './ranking.js';
import type { UpstreamCluster } from './upstream-cluster.js';

/** What some rule or other looks at. */
export interface RuleScope {
  /** Labels that clients are compared by, sorted. */
  readonly labels: readonly string[];
  /** The localities that mappings are from, sorted. */
  readonly origins: readonly Locality[];
  /** Whether anything depends on the client at all. */
  readonly any: boolean;
  /** Whether clusters themselves do, and not their load assignments only. */
  readonly clusters: boolean;
}

/** One row, with an empty key. */
export type RuleScopeTable = Table<string, RuleScope>;

export function declareRuleScope(
  graph: Graph,
  { failovers }: FailoverTables,
  rules: Table<string, OrderRule>,
  clusters: Table<string, UpstreamCluster>,
): RuleScopeTable {
  const all = graph.index('allFailovers', failovers, () => ['']);
  const ordered = graph.derive<string, boolean>('clientOrderedFailovers', (read, key) => {
    const failover = read(failovers, key);
    const isCompared = rulesOf(read, key, failovers, rules).some(comparesClients);
    return isCompared && failover !== undefined && hasOrderedCluster(read, failover, clusters);
  });
  return graph.derive<string, RuleScope>('ruleScope', (read) => {
    const keys = read(all, '') ?? [];
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

/** The rules of its ports. */
function rulesOf(
  read: Read,
  key: string,
  failovers: FailoverTables['failovers'],
  rules: Table<string, OrderRule>,
): readonly OrderRule[] {
  return (read(failovers, key)?.ports ?? []).flatMap(({ number }) => read(rules, backingKey(key, number)) ?? []);
}

/** The order of the members of an aggregate, and the endpoints of a cluster that has them in itself, are part of the cluster. */
function hasOrderedCluster(
  read: Read,
  { ref, ports }: FailoverDestination,
  clusters: Table<string, UpstreamCluster>,
): boolean {
  return ports.some(({ number }) => {
    const cluster = read(clusters, failoverCluster(resourceKey(ref), number));
    if (cluster?.type !== 'AGGREGATE') return cluster?.type === 'STRICT_DNS';
    return !cluster.listed || cluster.members.some(({ type }) => type === 'STRICT_DNS');
  });
}

function distinct(localities: readonly Locality[]): readonly Locality[] {
  const byText = new Map(localities.map((locality) => [formatOrigin(locality), locality]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, locality]) => locality);
}

/** The client's key for rankings: empty where no rule looks at clients. */
export function rankingScope(scope: RuleScope, client: OrderingClient): string {
  if (!scope.any) return '';
  const labels = scope.labels.flatMap((label) => {
    const value = client.labels[label];
    return value === undefined ? [] : [[label, value] as const];
  });
  return clientKey({ ...client, labels: Object.fromEntries(labels) });
}

/**
 * The client's key for clusters, read by `parseClient`: the client as far as rules ask where clusters depend on that; elsewhere just the
 * most specific origin that covers its locality, by which the weights of localities count or do not.
 */
export function clusterScope(scope: RuleScope, client: OrderingClient): string {
  if (scope.clusters) return rankingScope(scope, client);
  const covering = scope.origins.filter((origin) => covers(origin, client.locality));
  const best = covering.reduce<Locality | undefined>(
    (most, origin) => (most && depth(most) >= depth(origin) ? most : origin),
    undefined,
  );
  return best === undefined ? '' : clientKey({ locality: best, cluster: '', labels: {} });
}

function depth(origin: Locality): number {
  return formatOrigin(origin).length;
}

function formatOrigin({ region, zone, subZone }: Locality): string {
  return JSON.stringify([region, zone, subZone].filter((part) => part !== ''));
}
