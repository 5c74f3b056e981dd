/**
 * What selectors select by: names, namespaces, clusters and labels. An index finds the few candidates of a selector, so that it reads
 * those and not everything there is.
 */
import { type Graph, type Key, type KeyedTable, type Read, type Table, partsCodec } from '../../../graph/index.js';

/** What something can be selected by. */
export interface Attributes {
  readonly name: string;
  readonly namespace: string;
  /** Empty for what is in no cluster. */
  readonly cluster: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Conditions that must all hold. What is left out holds for everything, and so does an empty list; of a list one must hold. */
export interface Conditions {
  readonly name?: string | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Something that rows may have in common and be selected by. */
export type AttributeKey = Key<'attribute'>;

/** The attribute of everything that can be selected. */
export const ALL_SELECTABLE = '' as AttributeKey;

type AttributeParts = readonly [type: 'name' | 'namespace' | 'cluster' | 'label', value: string, detail?: string];
const ATTRIBUTE = partsCodec<AttributeKey, AttributeParts>(3);

/** Rows that can be selected. */
export interface SelectableTable<K extends string, Row> {
  readonly rows: KeyedTable<K, Row>;
  /** `undefined`: nothing selects the row. */
  readonly attributesOf: (row: Row) => Attributes | undefined;
  /** Keys of the rows by attribute; of all that can be selected under `ALL_SELECTABLE`. */
  readonly byAttribute: Table<AttributeKey, readonly K[]>;
  /** By attribute: the power of two that the number of rows with it does not exceed, so that it seldom changes. */
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

/** Keys of the rows for which one of the `selectors` holds, sorted. */
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

/** Whether the value is allowed; an empty list allows all. */
function matchesOne(allowed: readonly string[], value: string): boolean {
  return allowed.length === 0 || allowed.includes(value);
}

/** Whether `labels` has every one of `wanted`. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Keys of the rows that meet the condition which the fewest meet, sorted. Which it is must not matter to the caller. */
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

/** For each condition the attributes of which a row needs one. Where a name is asked for, nothing else narrows the choice as much. */
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
