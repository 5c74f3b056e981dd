/** The suggestion for a selector that selects nothing: the condition that fails, and the value that was probably meant. */
import { didYouMean, suggest } from '../../../api/suggest.js';
import type { Read } from '../../../graph/index.js';
import type { Conditions, Attributes } from '../../discovery/services/selector-index.js';
import { isFailover } from '../../model/target-key.js';
import { type Candidates, type TargetSelector, matching } from './target-selectors.js';

/** `name "shopp" and label app=x`; `any name` without conditions. */
export function describeConditions({ name, namespaces = [], clusters = [], labels = {} }: Conditions): string {
  const parts = [
    ...(name === undefined ? [] : [`name ${JSON.stringify(name)}`]),
    ...(namespaces.length === 0 ? [] : [`namespace ${namespaces.join(' or ')}`]),
    ...(clusters.length === 0 ? [] : [`cluster ${clusters.join(' or ')}`]),
    ...Object.entries(labels).map(([key, value]) => `label ${key}=${value}`),
  ];
  return parts.length === 0 ? 'any name' : parts.join(' and ');
}

/** ` Did you mean …?` or the list of existing values, with a leading space. Empty if none exist. */
export function nearest(read: Read, selector: TargetSelector, tables: Candidates): string {
  return nearestOf(selector.conditions, candidates(read, selector, tables));
}

/** The attributes of all objects of the selector's kinds. */
function candidates(read: Read, { kinds, path }: TargetSelector, tables: Candidates): readonly Attributes[] {
  return matching(read, { kinds, path, conditions: {} }, tables).flatMap((key) => {
    const { selectableFailovers, destinations } = tables;
    if (!isFailover(key)) {
      const row = read(destinations.destinations, key);
      return row === undefined ? [] : (destinations.selectable.attributesOf(row) ?? []);
    }
    const row = read(selectableFailovers.rows, key);
    return row === undefined ? [] : (selectableFailovers.attributesOf(row) ?? []);
  });
}

export function nearestOf(conditions: Conditions, all: readonly Attributes[]): string {
  if (all.length === 0) return ' There is none.';
  const { name, namespaces = [], clusters = [], labels = {} } = conditions;
  if (name !== undefined) {
    const alike = all.filter((attributes) => attributes.name === name);
    if (alike.length === 0) return didYouMean(suggest(name, distinct(all.map((attributes) => attributes.name))));
  }
  return (
    suggestPlace(
      'namespace',
      namespaces,
      all.map(({ namespace }) => namespace),
    ) ??
    suggestPlace(
      'cluster',
      clusters,
      all.map(({ cluster }) => cluster),
    ) ??
    Object.entries(labels)
      .map(([key, value]) => suggestLabel(key, value, all))
      .find((suggestion) => suggestion !== undefined) ??
    whereFound(conditions, all)
  );
}

/** For a namespace or cluster that contains nothing: the one that was probably meant. `undefined` if the condition holds for some object. */
function suggestPlace(noun: string, wanted: readonly string[], present: readonly string[]): string | undefined {
  const missing = wanted.find((text) => !present.includes(text));
  if (missing === undefined || wanted.some((text) => present.includes(text))) return undefined;
  const choice = distinct(present).filter((text) => text !== '');
  return didYouMean(suggest(missing, choice)) || listed(`They are in ${noun}`, choice);
}

function suggestLabel(key: string, value: string, all: readonly Attributes[]): string | undefined {
  const having = all.filter(({ labels }) => labels[key] !== undefined);
  if (having.length === 0) {
    const meant = suggest(key, distinct(all.flatMap(({ labels }) => Object.keys(labels))));
    return meant === undefined ? ` Nothing has a label ${key}.` : ` Did you mean the label "${meant}"?`;
  }
  const values = distinct(having.map(({ labels }) => labels[key] ?? ''));
  if (values.includes(value)) return undefined;
  const meant = suggest(value, values);
  return meant === undefined ? listed(`The label ${key} has the value`, values) : ` Did you mean ${key}=${meant}?`;
}

/** For conditions that each hold for some object, but never all for the same one: where the objects with this name and these labels are. */
function whereFound({ name, labels = {} }: Conditions, all: readonly Attributes[]): string {
  const having = all.filter(
    (attributes) =>
      (name === undefined || attributes.name === name) &&
      Object.entries(labels).every(([key, value]) => attributes.labels[key] === value),
  );
  const places = distinct(
    having.map(({ namespace, cluster }) => (cluster === '' ? namespace : `${namespace} of cluster ${cluster}`)),
  );
  return places.length === 0
    ? ' Each condition matches something, but nothing matches all of them.'
    : listed('It is in namespace', places);
}

const MAX_LISTED = 5;

function listed(what: string, values: readonly string[]): string {
  if (values.length === 0) return '';
  const more = values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : '';
  return ` ${what} ${values.slice(0, MAX_LISTED).join(', ')}${more}.`;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
