/**
 * How much of a client the rules look at. Clients that differ only in what no rule asks for get the same, and so should have the
 * same keys.
 */
import { compareText } from '../../api/resource.js';
import type { Graph, Table } from '../../graph/index.js';
import type { FailoverTables } from '../failovers/failovers.js';
import { covers } from '../preference/locality-order.js';
import type { Locality } from '../model/model.js';
import { type OrderRule, labelsOf } from '../preference/order-rule.js';
import { clientKey } from './ranking.js';
import type { OrderingClient } from '../preference/order.js';

/** What some rule or other looks at. */
export interface RuleScope {
  /** Labels that clients are compared by, sorted. */
  readonly labels: readonly string[];
  /** The localities that mappings are from, sorted. */
  readonly origins: readonly Locality[];
  /** Whether anything depends on the client at all. */
  readonly any: boolean;
}

/** One row, with an empty key. */
export type RuleScopeTable = Table<RuleScope>;

export function declareRuleScope(graph: Graph, { failovers }: FailoverTables, rules: Table<OrderRule>): RuleScopeTable {
  const all = graph.index('allFailovers', failovers, () => ['']);
  return graph.derive<RuleScope>('ruleScope', (read) => {
    const used = [...new Set((read(all, '') ?? []).map((key) => read(rules, key)))].filter((rule) => rule !== undefined);
    const labels = used.flatMap((rule) => (rule.type === 'labelKeys' ? labelsOf(rule) : []));
    const origins = used.flatMap((rule) => (rule.type === 'locality' ? rule.mappings.map(({ from }) => from) : []));
    return {
      labels: [...new Set(labels)].sort(),
      origins: distinct(origins),
      any: used.some(({ type }) => type === 'locality' || type === 'labelKeys'),
    };
  });
}

function distinct(localities: readonly Locality[]): readonly Locality[] {
  const byText = new Map(localities.map((locality) => [formatScope(locality), locality]));
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

/** The client's locality as far as mappings ask: the most specific origin that covers it. */
export function localityScope({ origins }: RuleScope, client: Locality): string {
  const covering = origins.filter((origin) => covers(origin, client)).map(formatScope);
  return covering.reduce((best, text) => (text.length > best.length ? text : best), '');
}

function formatScope({ region, zone, subZone }: Locality): string {
  return JSON.stringify([region, zone, subZone].filter((part) => part !== ''));
}

export function parseScope(text: string): Locality {
  const [region = '', zone = '', subZone = ''] = text === '' ? [] : (JSON.parse(text) as readonly string[]);
  return { region, zone, subZone };
}
