/**
 * Selection by names, namespaces, clusters and labels. An index finds the few candidates of a selector, so that a selection reads only
 * those and not all rows.
 */
import { type Graph, type Key, type KeyedTable, type Read, type Table, partsCodec } from '../../../graph/index.js';

/** The properties that selectors compare. */
export interface Attributes {
  readonly name: string;
  readonly namespace: string;
  /** Empty for objects outside of clusters. */
  readonly cluster: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All conditions must match. A list matches if one of its values matches. Absent conditions and empty lists match everything. */
export interface Conditions {
  readonly name?: string | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The key of an attribute that rows can share and that selectors compare. */
export type AttributeKey = Key<'attribute'>;

/** The attribute of all rows that can be selected. */
export const ALL_SELECTABLE = '' as AttributeKey;

type AttributeParts = readonly [type: 'name' | 'namespace' | 'cluster' | 'label', value: string, detail?: string];
const ATTRIBUTE = partsCodec<AttributeKey, AttributeParts>(3);

/** A table whose rows can be selected. */
export interface SelectableTable<K extends string, Row> {
  readonly rows: KeyedTable<K, Row>;
  /** `undefined`: no selector selects the row. */
  readonly attributesOf: (row: Row) => Attributes | undefined;
  /** The keys of the rows by attribute. `ALL_SELECTABLE` has all rows that can be selected. */
  readonly byAttribute: Table<AttributeKey, readonly K[]>;
  /** By attribute: the binary logarithm of the number of rows with it, rounded up. It seldom changes. */
  readonly magnitudes: Table<AttributeKey, number>;
}

export function declareSelectable<K extends string, Row>(
  graph: Graph,
  name: string,
  rows: KeyedTable<K, Row>,
  attributesOf: SelectableTable<K, Row>['attributesOf'],
): SelectableTable<K, Row> {
  const byAttribute = graph.index(`${name} by attribute`, rows, (row) => keysOf(attributesOf(row)));
  const magnitudes = graph.derive<AttributeKey, number>(`${name} with attribute`, (read, attribute) =>
    Math.ceil(Math.log2(read(byAttribute, attribute)?.length ?? 1)),
  );
  return { rows, attributesOf, byAttribute, magnitudes };
}

/** The keys of the rows that match at least one of the `selectors`, sorted. */
export function selectKeys<K extends string, Row>(
  read: Read,
  table: SelectableTable<K, Row>,
  selectors: readonly Conditions[],
): readonly K[] {
  const [only, ...others] = selectors.map((conditions) =>
    candidates(read, table, conditions).filter((key) => {
      const row = read(table.rows, key);
      const attributes = row && table.attributesOf(row);
      return attributes !== undefined && hold(conditions, attributes);
    }),
  );
  return others.length === 0 ? (only ?? []) : [...new Set([only ?? [], ...others].flat())].sort();
}

function hold({ name, namespaces = [], clusters = [], labels = {} }: Conditions, attributes: Attributes): boolean {
  return (
    (name === undefined || name === attributes.name) &&
    matchesOne(namespaces, attributes.namespace) &&
    matchesOne(clusters, attributes.cluster) &&
    matchesLabels(attributes.labels, labels)
  );
}

/** An empty list allows all values. */
function matchesOne(allowed: readonly string[], value: string): boolean {
  return allowed.length === 0 || allowed.includes(value);
}

/** Whether `labels` contains all of `wanted`. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** The keys of the rows that meet the most selective condition, sorted. Callers must not depend on which condition it is. */
function candidates<K extends string>(
  read: Read,
  { byAttribute, magnitudes }: Pick<SelectableTable<K, unknown>, 'byAttribute' | 'magnitudes'>,
  conditions: Conditions,
): readonly K[] {
  const choices = alternatives(conditions);
  const sizeOf = (attributes: readonly AttributeKey[]): number =>
    attributes.reduce((sum, attribute) => sum + 2 ** (read(magnitudes, attribute) ?? 0), 0);
  const sizes = choices.length > 1 ? choices.map(sizeOf) : [0];
  const fewest = choices[sizes.indexOf(Math.min(...sizes))] ?? [ALL_SELECTABLE];
  const [only = [], ...others] = fewest.map((attribute) => read(byAttribute, attribute) ?? []);
  return others.length === 0 ? only : [...new Set([only, ...others].flat())].sort();
}

/**
 * For each condition, the attributes of which a row needs one. If a name is given, only the attributes with the name, because no other
 * condition is as selective.
 */
function alternatives({
  name,
  namespaces = [],
  clusters = [],
  labels = {},
}: Conditions): readonly (readonly AttributeKey[])[] {
  if (name !== undefined)
    return [
      namespaces.length === 0 ? [nameAttribute(name)] : namespaces.map((namespace) => nameAttribute(name, namespace)),
    ];
  const pairs = Object.entries(labels).map(([key, value]) => [labelAttribute(key, value)]);
  return [...pairs, namespaces.map(namespaceAttribute), clusters.map(clusterAttribute)].filter(
    (attributes) => attributes.length > 0,
  );
}

function keysOf(attributes: Attributes | undefined): readonly AttributeKey[] {
  if (attributes === undefined) return [];
  const { name, namespace, cluster, labels } = attributes;
  const pairs = Object.entries(labels).map(([key, value]) => labelAttribute(key, value));
  return [
    ALL_SELECTABLE,
    nameAttribute(name),
    nameAttribute(name, namespace),
    namespaceAttribute(namespace),
    clusterAttribute(cluster),
    ...pairs,
  ];
}

function nameAttribute(name: string, namespace?: string): AttributeKey {
  return namespace === undefined ? ATTRIBUTE.format('name', name) : ATTRIBUTE.format('name', name, namespace);
}

function namespaceAttribute(namespace: string): AttributeKey {
  return ATTRIBUTE.format('namespace', namespace);
}

function clusterAttribute(cluster: string): AttributeKey {
  return ATTRIBUTE.format('cluster', cluster);
}

function labelAttribute(key: string, value: string): AttributeKey {
  return ATTRIBUTE.format('label', key, value);
}
