/**
 * Brings a document down to what its schema describes: fields that do not exist are left out and told, `null` is the same as
 * nothing, as in proto JSON. Values are left as they are, right or wrong.
 */
import { type DocumentSchema, type Schema, resolveSchema } from './decode-schema.js';
import type { FieldPath } from './resource.js';

export interface UnknownField {
  readonly path: FieldPath;
  /** The fields that exist there. */
  readonly known: readonly string[];
  /** Whether it is part of a selector, which selects more without it. */
  readonly selective: boolean;
}

/** Fields of which only one may be given. */
export interface ExclusiveFields {
  /** Where the second of them stands. */
  readonly path: FieldPath;
  /** Those that are given, in the order of the schema. */
  readonly fields: readonly string[];
}

/** A field that has a value and changes nothing. */
export interface IdleField {
  readonly path: FieldPath;
  /** Why, or what to use instead. */
  readonly reason: string;
}

export interface Projection {
  /** Deeply frozen. Shares with the document what is frozen and has nothing to leave out. */
  readonly value: unknown;
  readonly unknownFields: readonly UnknownField[];
  readonly exclusiveFields: readonly ExclusiveFields[];
  /** Parts of selectors that are written down without a value. */
  readonly emptySelectors: readonly FieldPath[];
  readonly idleFields: readonly IdleField[];
}

export type Project = (document: unknown) => Projection;

/** What a schema says of the fields inside of a value, its references followed once and for all. */
interface Shape {
  readonly properties: ReadonlyMap<string, Shape> | undefined;
  readonly items: Shape | undefined;
  /** Of a mapping whose keys are free. */
  readonly values: Shape | undefined;
  /** Whether it is a text. */
  readonly text: boolean;
  /** Whether fields that the shape does not have are told. */
  readonly closed: boolean;
  /** Whether it selects something, so that it must be understood to the last field. */
  readonly selective: boolean;
  /** Properties that select something, whatever their own shape says. */
  readonly scopes: ReadonlySet<string>;
  readonly oneofs: readonly (readonly string[])[];
  /** Why properties change nothing; absent where each does. */
  readonly idle: ReadonlyMap<string, string> | undefined;
}

interface Projecting {
  readonly unknownFields: UnknownField[];
  readonly exclusiveFields: ExclusiveFields[];
  readonly emptySelectors: FieldPath[];
  readonly idleFields: IdleField[];
  /** The way to the value that is being looked at. */
  readonly path: (string | number)[];
  /** How many of the values on the way are selective. */
  selective: number;
  readonly nullIsText: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

export interface ProjectOptions {
  /** Whether `null` is the empty text in a mapping of texts such as labels, as Kubernetes reads its own kinds. Default: it is not. */
  readonly nullIsText?: boolean;
}

/** Projects documents of one schema. */
export function createProject(schema: DocumentSchema, { nullIsText = false }: ProjectOptions = {}): Project {
  const shape = shapeOf(schema, schema, new Map());
  return (document) => {
    const projecting: Projecting = {
      ...{ unknownFields: [], exclusiveFields: [], emptySelectors: [], idleFields: [] },
      ...{ path: [], selective: 0, nullIsText },
    };
    const value = projectValue(projecting, shape, document);
    const { unknownFields, exclusiveFields, emptySelectors, idleFields } = projecting;
    return { value, unknownFields, exclusiveFields, emptySelectors, idleFields };
  };
}

function shapeOf(document: DocumentSchema, reference: Schema, known: Map<Schema, Shape>): Shape {
  const schema = resolveSchema(document, reference);
  const before = known.get(schema);
  if (before !== undefined) return before;
  const { properties, items, additionalProperties: others, selective = false, oneofs = [] } = schema;
  const shape: { -readonly [Field in keyof Shape]: Shape[Field] } = {
    ...{ properties: undefined, items: undefined, values: undefined, closed: others === false },
    ...{ text: schema.type === 'string', selective, scopes: new Set(scopesOf(schema)), oneofs, idle: idleOf(schema) },
  };
  // Known before its parts are, for a message may contain itself.
  known.set(schema, shape);
  const part = (of: Schema): Shape => shapeOf(document, of, known);
  if (items !== undefined) shape.items = part(items);
  if (properties !== undefined) shape.properties = mapValues(properties, part);
  else if (typeof others === 'object') shape.values = part(others);
  return shape;
}

function scopesOf({ properties = {} }: Schema): readonly string[] {
  return Object.keys(properties).filter((name) => properties[name]?.scope === true);
}

function idleOf({ properties = {} }: Schema): ReadonlyMap<string, string> | undefined {
  const idle = Object.entries(properties).flatMap(([name, { noEffect }]) =>
    noEffect === undefined ? [] : [[name, noEffect] as const],
  );
  return idle.length === 0 ? undefined : new Map(idle);
}

function mapValues(properties: Readonly<Record<string, Schema>>, map: (of: Schema) => Shape): Map<string, Shape> {
  return new Map(Object.entries(properties).map(([name, property]) => [name, map(property)]));
}

function projectValue(projecting: Projecting, shape: Shape, value: unknown): unknown {
  const { properties, items, values } = shape;
  if (Array.isArray(value)) return items === undefined ? deepFreeze(value) : projectList(projecting, items, value);
  if (!isMapping(value)) return value;
  if (properties !== undefined) return projectMessage(projecting, shape, properties, value);
  return values === undefined ? deepFreeze(value) : projectEntries(projecting, values, value);
}

function projectList(projecting: Projecting, items: Shape, list: readonly unknown[]): readonly unknown[] {
  const projected = list.map((item, i) => projectPart(projecting, items, i, item));
  const same = Object.isFrozen(list) && projected.every((item, i) => item === list[i]);
  return same ? list : Object.freeze(projected);
}

function projectMessage(
  projecting: Projecting,
  shape: Shape,
  properties: ReadonlyMap<string, Shape>,
  message: Mapping,
): Mapping {
  if (shape.selective) projecting.selective++;
  for (const fields of shape.oneofs) checkOneof(projecting, fields, message);
  const projected = projectFields(message, (key, field) => projectField(projecting, shape, properties, key, field));
  if (shape.selective) projecting.selective--;
  return projected;
}

function projectField(
  projecting: Projecting,
  { closed, scopes, idle }: Shape,
  properties: ReadonlyMap<string, Shape>,
  key: string,
  field: unknown,
): unknown {
  const property = properties.get(key);
  if (property === undefined) {
    const selective = projecting.selective > 0;
    if (closed)
      projecting.unknownFields.push({ path: [...projecting.path, key], known: [...properties.keys()], selective });
    return undefined;
  }
  const scope = scopes.has(key);
  if (field === null) {
    if (scope || projecting.selective > 0) projecting.emptySelectors.push([...projecting.path, key]);
    return undefined;
  }
  const reason = idle?.get(key);
  if (reason !== undefined && hasValue(field)) projecting.idleFields.push({ path: [...projecting.path, key], reason });
  if (scope) projecting.selective++;
  const projected = projectPart(projecting, property, key, field);
  if (scope) projecting.selective--;
  return projected;
}

/** What proto3 counts as absent says nothing. */
function hasValue(field: unknown): boolean {
  return field !== false && field !== 0 && field !== '' && !(Array.isArray(field) && field.length === 0);
}

function checkOneof(projecting: Projecting, fields: readonly string[], message: Mapping): void {
  let given = 0;
  for (const field of fields) if (isGiven(message, field)) given++;
  if (given < 2) return;
  const names = fields.filter((field) => isGiven(message, field));
  const second = Object.keys(message).filter((key) => names.includes(key))[1] ?? '';
  projecting.exclusiveFields.push({ path: [...projecting.path, second], fields: names });
}

function isGiven(message: Mapping, field: string): boolean {
  return Object.hasOwn(message, field) && message[field] !== null && message[field] !== undefined;
}

function projectEntries(projecting: Projecting, values: Shape, entries: Mapping): Mapping {
  return projectFields(entries, (key, value) =>
    value === null && values.text && projecting.nullIsText ? '' : projectPart(projecting, values, key, value),
  );
}

function projectPart(projecting: Projecting, shape: Shape, step: string | number, part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  projecting.path.push(step);
  const projected = projectValue(projecting, shape, part);
  projecting.path.pop();
  return projected;
}

/** The mapping itself, to have it in memory once, where it is frozen and all fields stay; else a copy without what is gone. */
function projectFields(mapping: Mapping, project: (key: string, field: unknown) => unknown): Mapping {
  let copy: Record<string, unknown> | undefined = Object.isFrozen(mapping) ? undefined : {};
  const keys = Object.keys(mapping);
  for (const [i, key] of keys.entries()) {
    const field = mapping[key];
    const projected = project(key, field);
    if (projected !== field || field === undefined) copy ??= pick(mapping, keys.slice(0, i));
    if (copy !== undefined && projected !== undefined) copy[key] = projected;
  }
  return copy === undefined ? mapping : Object.freeze(copy);
}

function pick(mapping: Mapping, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, mapping[key]]));
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
