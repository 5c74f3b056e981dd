/** The places of a field in a document, and documents with another value there. */
import type { FieldPath } from '../../api/resource.js';
import type { FieldStep } from './fields.js';

export type Mapping = Readonly<Record<string, unknown>>;

/** A message in a document that has the field or could have it. */
export interface Place {
  readonly document: Mapping;
  readonly parent: FieldPath;
}

/** All existing messages in the document to which the field belongs. */
export function existingPlaces(document: Mapping, steps: readonly FieldStep[]): readonly Place[] {
  return parentsIn(document, steps, []).map((parent) => ({ document, parent }));
}

function parentsIn(value: unknown, [step, ...below]: readonly FieldStep[], path: FieldPath): readonly FieldPath[] {
  if (step === undefined || !isMapping(value)) return [];
  if (below.length === 0) return [path];
  const part = value[step.name];
  const at = [...path, step.name];
  if (step.field.repeated) return listOf(part).flatMap((item, i) => parentsIn(item, below, [...at, i]));
  if (step.field.map)
    return Object.entries(mappingOf(part)).flatMap(([key, item]) => parentsIn(item, below, [...at, key]));
  return parentsIn(part, below, at);
}

/** The document with empty messages where the path to the field does not exist. */
export function createdPlace(document: Mapping, steps: readonly FieldStep[]): Place {
  const [step, ...below] = steps;
  if (step === undefined || below.length === 0) return { document, parent: [] };
  const { value, keys, put } = firstPart(document, step);
  const inner = createdPlace(value, below);
  return { document: withField(document, step, put(inner.document)), parent: [step.name, ...keys, ...inner.parent] };
}

interface Part {
  readonly value: Mapping;
  readonly keys: FieldPath;
  readonly put: (value: Mapping) => unknown;
}

function firstPart(document: Mapping, { name, field }: FieldStep): Part {
  const part = document[name];
  if (field.repeated)
    return { value: mappingOf(listOf(part)[0]), keys: [0], put: (value) => [value, ...listOf(part).slice(1)] };
  if (!field.map) return { value: mappingOf(part), keys: [], put: (value) => value };
  const [key, value] = Object.entries(mappingOf(part))[0] ?? ['other', {}];
  return { value: mappingOf(value), keys: [key], put: (changed) => ({ ...mappingOf(part), [key]: changed }) };
}

export function valueAt({ document, parent }: Place, { name }: FieldStep): unknown {
  return mappingOf(parent.reduce<unknown>((value, key) => (value as Mapping | undefined)?.[key], document))[name];
}

/** The document with this value. `undefined` removes the field. Other fields of its oneof are removed. */
export function withValue({ document, parent }: Place, step: FieldStep, value: unknown): Mapping {
  return replaceAt(document, parent, (message) => withField(message, step, value)) as Mapping;
}

function replaceAt(value: unknown, [key, ...below]: FieldPath, change: (message: Mapping) => Mapping): unknown {
  if (key === undefined) return change(mappingOf(value));
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === key ? replaceAt(item, below, change) : item));
  const message = mappingOf(value);
  return { ...message, [key]: replaceAt(message[key], below, change) };
}

function withField(message: Mapping, { name, field }: FieldStep, value: unknown): Mapping {
  const rivals = new Set(field.partOf?.oneof ?? []);
  const others = Object.entries(message).filter(([key]) => key !== name && !rivals.has(key));
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
