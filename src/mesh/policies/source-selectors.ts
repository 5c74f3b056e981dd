/**
 * Whose traffic a policy is about. Clients that match the same selectors get the same routes, so what a client's routes depend on
 * is the set of the selectors that it matches, as texts.
 */
import { type Resource, compareText } from '../../api/resource.js';
import type { TrafficPolicySpec, WorkloadSelector } from '../../generated/resources.js';
import type { Graph, KeyedTable, Table } from '../../graph/index.js';
import { matchesLabels } from '../discovery/traits.js';

/** A client, as far as selectors ask. */
export interface SourceClient {
  readonly cluster: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One row, with an empty key: the texts of all selectors of policies in force, sorted. */
export type SourceScopeTable = Table<string, readonly string[]>;

export function declareSourceScope(
  graph: Graph,
  policies: KeyedTable<string, Resource<TrafficPolicySpec>>,
): SourceScopeTable {
  const selective = graph.index('trafficPoliciesWithSources', policies, ({ spec }) =>
    formatSources(spec?.sourceSelector) === '' ? [] : [''],
  );
  return graph.derive<string, readonly string[]>('sourceScope', (read) => {
    const texts = (read(selective, '') ?? []).map((key) => formatSources(read(policies, key)?.spec?.sourceSelector));
    return [...new Set(texts)].sort();
  });
}

interface Sources {
  readonly labels: readonly (readonly [string, string])[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
}

/** The same text for selectors that mean the same; empty where they select every client. */
export function formatSources(selectors: readonly WorkloadSelector[] = []): string {
  const texts = selectors.map((selector) => {
    const { labels = {}, namespaces = [], clusters = [] } = selector.kubeWorkloadMatcher ?? selector;
    const sources: Sources = {
      labels: Object.entries(labels).sort(([a], [b]) => compareText(a, b)),
      namespaces: [...namespaces].sort(),
      clusters: [...clusters].sort(),
    };
    return JSON.stringify(sources);
  });
  if (texts.includes(EVERY_CLIENT)) return '';
  return texts.length === 0 ? '' : `[${[...new Set(texts)].sort().join(',')}]`;
}

const EVERY_CLIENT = JSON.stringify({ labels: [], namespaces: [], clusters: [] } satisfies Sources);

/** The client's key for routes: those of the texts that it matches. */
export function sourceScope(texts: readonly string[], client: SourceClient): string {
  return joinSources(
    texts.filter((text) => (JSON.parse(text) as readonly Sources[]).some((sources) => matches(sources, client))),
  );
}

function matches({ labels, namespaces, clusters }: Sources, client: SourceClient): boolean {
  return (
    (namespaces.length === 0 || namespaces.includes(client.namespace)) &&
    (clusters.length === 0 || clusters.includes(client.cluster)) &&
    matchesLabels(client.labels, Object.fromEntries(labels))
  );
}

/** The keys of the labels that the selectors of these texts ask for, each once. */
export function sourceLabels(texts: readonly string[]): readonly string[] {
  const selectors = texts.flatMap((text) => JSON.parse(text) as readonly Sources[]);
  return [...new Set(selectors.flatMap(({ labels }) => labels.map(([key]) => key)))];
}

/** JSON has no line breaks of its own, and no separators of keys. */
export function joinSources(texts: readonly string[]): string {
  return texts.join('\n');
}

export function splitSources(key: string): readonly string[] {
  return key === '' ? [] : key.split('\n');
}
