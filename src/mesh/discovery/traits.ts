/**
 * What selectors select by: names, namespaces, clusters and labels. An index finds the few candidates of a selector, so that it reads
 * those and not everything there is.
 */
import { type Graph, type Key, type KeyedTable, type Read, type Table, partsCodec } from '../../graph/index.js';

/** What something can be selected by. */
export interface Traits {
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
export type TraitKey = Key<'trait'>;

/** The trait of everything that can be selected. */
export const ANYTHING = '' as TraitKey;

type TraitParts = readonly [type: 'name' | 'namespace' | 'cluster' | 'label', value: string, detail?: string];
const TRAIT = partsCodec<TraitKey, TraitParts>(3);

/** Rows that can be selected. */
export interface SelectableTable<K extends string, Row> {
  readonly rows: KeyedTable<K, Row>;
  /** `undefined`: nothing selects the row. */
  readonly traitsOf: (row: Row) => Traits | undefined;
  /** Keys of the rows by trait; of all that can be selected under `ANYTHING`. */
  readonly byTrait: Table<TraitKey, readonly K[]>;
  /** By trait: the power of two that the number of rows with it does not exceed, so that it seldom changes. */
  readonly magnitudes: Table<TraitKey, number>;
}

export function declareTraits<K extends string, Row>(
  graph: Graph,
  name: string,
  rows: KeyedTable<K, Row>,
  traitsOf: SelectableTable<K, Row>['traitsOf'],
): SelectableTable<K, Row> {
  const byTrait = graph.index(`${name} by trait`, rows, (row) => keysOf(traitsOf(row)));
  const magnitudes = graph.derive<TraitKey, number>(`${name} with trait`, (read, trait) =>
    Math.ceil(Math.log2(read(byTrait, trait)?.length ?? 1)),
  );
  return { rows, traitsOf, byTrait, magnitudes };
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
      const traits = row && table.traitsOf(row);
      return traits !== undefined && hold(conditions, traits);
    }),
  );
  return others.length === 0 ? (only ?? []) : [...new Set([only ?? [], ...others].flat())].sort();
}

function hold({ name, namespaces = [], clusters = [], labels = {} }: Conditions, traits: Traits): boolean {
  return (
    (name === undefined || name === traits.name) &&
    matchesOne(namespaces, traits.namespace) &&
    matchesOne(clusters, traits.cluster) &&
    matchesLabels(traits.labels, labels)
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
  { byTrait, magnitudes }: Pick<SelectableTable<K, unknown>, 'byTrait' | 'magnitudes'>,
  conditions: Conditions,
): readonly K[] {
  const choices = alternatives(conditions);
  const sizeOf = (traits: readonly TraitKey[]): number =>
    traits.reduce((sum, trait) => sum + 2 ** (read(magnitudes, trait) ?? 0), 0);
  const sizes = choices.length > 1 ? choices.map(sizeOf) : [0];
  const fewest = choices[sizes.indexOf(Math.min(...sizes))] ?? [ANYTHING];
  const [only = [], ...others] = fewest.map((trait) => read(byTrait, trait) ?? []);
  return others.length === 0 ? only : [...new Set([only, ...others].flat())].sort();
}

/** For each condition the traits of which a row needs one. Where a name is asked for, nothing else narrows the choice as much. */
function alternatives({
  name,
  namespaces = [],
  clusters = [],
  labels = {},
}: Conditions): readonly (readonly TraitKey[])[] {
  if (name !== undefined)
    return [namespaces.length === 0 ? [nameTrait(name)] : namespaces.map((namespace) => nameTrait(name, namespace))];
  const pairs = Object.entries(labels).map(([key, value]) => [labelTrait(key, value)]);
  return [...pairs, namespaces.map(namespaceTrait), clusters.map(clusterTrait)].filter((traits) => traits.length > 0);
}

function keysOf(traits: Traits | undefined): readonly TraitKey[] {
  if (traits === undefined) return [];
  const { name, namespace, cluster, labels } = traits;
  const pairs = Object.entries(labels).map(([key, value]) => labelTrait(key, value));
  return [
    ANYTHING,
    nameTrait(name),
    nameTrait(name, namespace),
    namespaceTrait(namespace),
    clusterTrait(cluster),
    ...pairs,
  ];
}

function nameTrait(name: string, namespace?: string): TraitKey {
  return namespace === undefined ? TRAIT.format('name', name) : TRAIT.format('name', name, namespace);
}

function namespaceTrait(namespace: string): TraitKey {
  return TRAIT.format('namespace', namespace);
}

function clusterTrait(cluster: string): TraitKey {
  return TRAIT.format('cluster', cluster);
}

function labelTrait(key: string, value: string): TraitKey {
  return TRAIT.format('label', key, value);
}
