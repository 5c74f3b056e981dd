/**
 * Projects a document onto its schema. Fields that do not exist in the schema are removed and reported. As in proto JSON, `null` means that
 * a field is absent. Values are not validated.
 */
import { type DocumentSchema, type Schema, resolveSchema } from './decode-schema.js';
import type { FieldPath } from './resource.js';

export interface UnknownField {
  readonly path: FieldPath;
  /** The fields that exist at this place. */
  readonly known: readonly string[];
  /** Whether the field is part of a selector. The selector would select more without it. */
  readonly selective: boolean;
}

/** Fields of which only one may be set. */
export interface ExclusiveFields {
  /** The path of the second of them in the document. */
  readonly path: FieldPath;
  /** The fields that are set, in the order of the schema. */
  readonly fields: readonly string[];
}

/** A field that is set but has no effect. */
export interface IdleField {
  readonly path: FieldPath;
  /** Why the field has no effect, or what to use instead. */
  readonly reason: string;
}

export interface Projection {
  /** Deeply frozen. Reuses frozen values of the document if no field is removed from them. */
  readonly value: unknown;
  readonly unknownFields: readonly UnknownField[];
  readonly exclusiveFields: readonly ExclusiveFields[];
  /** Fields of selectors that are present without a value. */
  readonly emptySelectors: readonly FieldPath[];
  readonly idleFields: readonly IdleField[];
}

export type Project = (document: unknown) => Projection;

/** A schema in the form that the projection uses, with resolved references. */
interface Shape {
  readonly properties: ReadonlyMap<string, Shape> | undefined;
  readonly items: Shape | undefined;
  /** The shape of the values of a map with arbitrary keys. */
  readonly values: Shape | undefined;
  /** Whether the value is a string. */
  readonly text: boolean;
  /** Whether unknown fields are reported. */
  readonly closed: boolean;
  /** Whether it is a selector, in which no field may be unknown. */
  readonly selective: boolean;
  /** Properties that are part of a selector even if their own shape is not `selective`. */
  readonly scopes: ReadonlySet<string>;
  readonly oneofs: readonly (readonly string[])[];
  /** By property: why it has no effect. `undefined` if all properties have an effect. */
  readonly idle: ReadonlyMap<string, string> | undefined;
}

interface Projecting {
  readonly unknownFields: UnknownField[];
  readonly exclusiveFields: ExclusiveFields[];
  readonly emptySelectors: FieldPath[];
  readonly idleFields: IdleField[];
  /** The path of the current value. */
  readonly path: (string | number)[];
  /** The number of selectors that contain the current value. */
  selective: number;
  readonly nullIsText: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

export interface ProjectOptions {
  /** Whether `null` means the empty string in maps of strings such as labels, as in the kinds of Kubernetes. Default: false. */
  readonly nullIsText?: boolean;
}

/** Creates a projection for documents of one schema. */
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
  // Registered before its parts are resolved, because a message may contain itself.
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

/** In proto3, a field with its default value is the same as an absent field. */
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

/**
 * Returns a frozen mapping itself if all fields stay, so that it is in memory only once. Otherwise returns a copy without the removed
 * fields.
 */
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
