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
}

export interface Projection {
  /** Deeply frozen. Shares with the document what is frozen and has nothing to leave out. */
  readonly value: unknown;
  readonly unknownFields: readonly UnknownField[];
}

interface Projecting {
  readonly document: DocumentSchema;
  readonly unknownFields: UnknownField[];
}

type Mapping = Readonly<Record<string, unknown>>;

export function project(document: DocumentSchema, value: unknown): Projection {
  const projecting: Projecting = { document, unknownFields: [] };
  return { value: projectValue(projecting, document, value, []), unknownFields: projecting.unknownFields };
}

function projectValue(projecting: Projecting, reference: Schema, value: unknown, path: FieldPath): unknown {
  const schema = resolveSchema(projecting.document, reference);
  const { properties, items, additionalProperties } = schema;
  if (Array.isArray(value) && items !== undefined) {
    return kept(
      value,
      value.map((item, i) => projectValue(projecting, items, item, [...path, i])),
    );
  }
  if (isMapping(value) && properties !== undefined) return projectMessage(projecting, schema, properties, value, path);
  if (isMapping(value) && typeof additionalProperties === 'object') {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, projectValue(projecting, additionalProperties, item, [...path, key])] as const,
    );
    return kept(value, Object.fromEntries(entries));
  }
  return deepFreeze(value);
}

function projectMessage(
  projecting: Projecting,
  schema: Schema,
  properties: Readonly<Record<string, Schema>>,
  value: Mapping,
  path: FieldPath,
): unknown {
  const projected: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property !== undefined) {
      if (field !== null && field !== undefined)
        projected[key] = projectValue(projecting, property, field, [...path, key]);
    } else if (schema.additionalProperties === false) {
      projecting.unknownFields.push({ path: [...path, key], known: Object.keys(properties) });
    }
  }
  return kept(value, projected);
}

/** The original where it is frozen and the same, to have it in memory once. */
function kept<Value extends object>(original: Value, projected: Value): Value {
  const [before, after] = [Object.entries(original), Object.entries(projected)];
  const same = before.length === after.length && before.every(([, value], i) => value === after[i]?.[1]);
  return same && Object.isFrozen(original) ? original : Object.freeze(projected);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
