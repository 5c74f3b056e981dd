/**
 * Source selectors of policies: the clients that a policy applies to. The routes of a client depend on the set of selectors that it
 * matches. That set, as texts, is a key, so clients that match the same selectors share their routes.
 */
import { type Resource, compareText } from '../../../api/resource.js';
import type { TrafficPolicySpec, WorkloadSelector } from '../../../generated/resources.js';
import { type Graph, type Key, type KeyedTable, type Single, type Table, SINGLE } from '../../../graph/index.js';
import type { TrafficPolicyKey } from '../../model/object-key.js';
import { matchesLabels } from '../../discovery/services/selector-index.js';

/** The properties of a client that selectors compare. */
export interface SourceClient {
  readonly cluster: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The texts of the source selectors that a client matches, as one key. */
export type SourceScope = Key<'source scope'>;

/** The scope that matches no selector: policies for every client apply. */
export const NO_SOURCES = '' as SourceScope;

/** The texts of all selectors of valid policies, sorted. */
export type SourceScopeTable = Table<Single, readonly string[]>;

export function declareSourceScope(
  graph: Graph,
  policies: KeyedTable<TrafficPolicyKey, Resource<TrafficPolicySpec>>,
): SourceScopeTable {
  const selective = graph.index('trafficPoliciesWithSources', policies, ({ spec }) =>
    formatSources(spec?.sourceSelector) === '' ? [] : [SINGLE],
  );
  return graph.derive<Single, readonly string[]>('sourceScope', (read) => {
    const texts = (read(selective, SINGLE) ?? []).map((key) =>
      formatSources(read(policies, key)?.spec?.sourceSelector),
    );
    return [...new Set(texts)].sort();
  });
}

interface Sources {
  readonly labels: readonly (readonly [string, string])[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
}

/** Selectors with the same meaning have the same text. Empty if they select every client. */
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

/** The client's key for routes: the texts of the selectors that it matches. */
export function sourceScope(texts: readonly string[], client: SourceClient): SourceScope {
  return formatSourceScope(
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

/** The distinct keys of the labels in the selectors of these texts. */
export function sourceLabels(texts: readonly string[]): readonly string[] {
  const selectors = texts.flatMap((text) => JSON.parse(text) as readonly Sources[]);
  return [...new Set(selectors.flatMap(({ labels }) => labels.map(([key]) => key)))];
}

/** Line breaks separate the texts: the JSON of a selector contains none, nor any separator of keys. */
export function formatSourceScope(texts: readonly string[]): SourceScope {
  return texts.join('\n') as SourceScope;
}

export function parseSourceScope(key: SourceScope): readonly string[] {
  return key === '' ? [] : key.split('\n');
}
