/** The JSON Schemas of the kinds. The build generates them from the .proto files, so `Schema` has only the keywords that occur in them. */
import { readFileSync } from 'node:fs';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether it is a selector, in which no field may be unknown. */
  readonly selective?: boolean;
  /** Lists of properties of which only one may be set. */
  readonly oneofs?: readonly (readonly string[])[];
  /** On a property: whether it narrows what the resource applies to. */
  readonly scope?: boolean;
  /** On a property: whether a policy without it applies to everything. */
  readonly selects?: boolean;
  /** On a property: what an API server requires of it in addition. */
  readonly admission?: FieldAdmission;
  /** What an API server requires of the properties together. */
  readonly rules?: readonly AdmissionRule[];
  /** On a property without effect: the sentence that explains why, or what to use instead. */
  readonly noEffect?: string;
}

export interface FieldAdmission {
  readonly required?: boolean;
  /** The name of a format. */
  readonly format?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A rule in CEL. `self` is the object. */
export interface AdmissionRule {
  readonly rule: string;
  readonly message: string;
}

/** The schema of a whole document of a kind. */
export interface DocumentSchema extends Schema {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The custom format of durations. A regular expression cannot express all of their rules. */
export const DURATION_FORMAT = 'duration';

export type Schemas = Readonly<Record<string, DocumentSchema>>;

/** Reads the schemas. The keys are the full names of the messages that describe the kinds. */
export function readSchemas(): Schemas {
  return read('schemas', (key, value) => withAnyPort(key, withDurations(value)));
}

/** The same with regular expressions for durations, which admit some that `readSchemas` does not. */
export function readPatternSchemas(): Schemas {
  return read('schemas', withAnyPort);
}

/** The schemas of statuses. The keys are the full names of the messages that describe them. */
export function readStatusSchemas(): Schemas {
  return read('status-schemas', (_, value) => value);
}

function read(name: string, revive: (key: string, value: unknown) => unknown): Schemas {
  const file = new URL(`../../generated/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), revive) as Schemas;
}

/** Resolves the `$ref` of a schema, if it has one. */
export function resolveSchema(document: DocumentSchema, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '');
  return name === undefined ? schema : (document.definitions[name] ?? {});
}

/** Replaces the pattern of durations by their format. Durations are the only strings with a pattern. */
function withDurations(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { pattern, ...schema } = value as Schema;
  return pattern !== undefined && schema.type === 'string' ? { ...schema, format: DURATION_FORMAT } : value;
}

/** The fields that contain a port number. */
const PORT_FIELDS: ReadonlySet<string> = new Set(['number', 'port', 'targetNumber', 'targetPort', 'nodePort']);

/** Allows port numbers outside the range of the field's type. The model then ignores only the invalid port, not the whole resource. */
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
