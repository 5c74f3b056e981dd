/** The JSON Schemas of the kinds, as the build makes them from the .proto files, with the few words that occur in them. */
import { readFileSync } from 'node:fs';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether no field in it may be unknown, because it selects something. */
  readonly selective?: boolean;
  /** Lists of properties of which one may be given. */
  readonly oneofs?: readonly (readonly string[])[];
  /** Of a property: whether it narrows what the resource is about. */
  readonly scope?: boolean;
  /** Whether without it a policy is about everything. */
  readonly selects?: boolean;
  /** Of a property that changes nothing: the sentence that says why, or what to use instead. */
  readonly noEffect?: string;
}

/** The schema of a kind's whole document. */
export interface DocumentSchema extends Schema {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The name of our check of durations, whose rules a regular expression cannot state in full. */
export const DURATION_FORMAT = 'duration';

/** Reads the schemas, by full name of the message that describes the kind. */
export function readSchemas(): Readonly<Record<string, DocumentSchema>> {
  const file = new URL('../../generated/schemas.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (key, value) => withAnyPort(key, withDurations(value))) as Readonly<
    Record<string, DocumentSchema>
  >;
}

/** Follows a reference within a document's schema. */
export function resolveSchema(document: DocumentSchema, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '');
  return name === undefined ? schema : (document.definitions[name] ?? {});
}

/** The only texts with a pattern are durations. */
function withDurations(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { pattern, ...schema } = value as Schema;
  return pattern !== undefined && schema.type === 'string' ? { ...schema, format: DURATION_FORMAT } : value;
}

/** Fields that hold the number of a port. */
const PORT_FIELDS: ReadonlySet<string> = new Set(['number', 'port', 'targetNumber', 'targetPort', 'nodePort']);

/** A port may be any integer, also one outside the range of its type: the model ignores a bad port alone, and not its whole resource. */
function withAnyPort(field: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { additionalProperties, ...schema } = value as Schema;
  if (PORT_FIELDS.has(field)) return withoutRange(value);
  return field === 'ports' && typeof additionalProperties === 'object'
    ? { ...schema, additionalProperties: withoutRange(additionalProperties) }
    : value;
}

function withoutRange(value: Schema): Schema {
  const { minimum, maximum, ...schema } = value;
  return minimum === undefined && maximum === undefined ? value : schema;
}
