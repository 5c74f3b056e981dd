/**
 * Structural schemas: the form that the API server requires of the schemas in CustomResourceDefinitions.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { keywordsOf } from './formats.js';
import { type AdmissionRule, type DocumentSchema, type Schema, resolveSchema } from '../../api/decode-schema.js';

export interface StructuralSchema {
  readonly description?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly 'x-kubernetes-int-or-string'?: true;
  /** The server keeps fields that the schema lacks, so that Lifeboat can warn about them. */
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly AdmissionRule[];
}

/** The structural schema of a part of a document. References are replaced by what they refer to. */
export function toStructural(document: DocumentSchema, schema: Schema): StructuralSchema {
  const resolved = resolveSchema(document, schema);
  const description = schema.description ?? resolved.description;
  const { required: _, format, ...admission } = schema.admission ?? {};
  return {
    ...(description !== undefined && { description }),
    ...typed(document, resolved),
    ...(format !== undefined && keywordsOf(format)),
    ...admission,
  };
}

/** A value that is `null` counts as absent, like an empty value in YAML. */
function fieldOf(document: DocumentSchema, field: Schema): StructuralSchema {
  const schema = toStructural(document, field);
  if (field.admission?.required === true) return schema;
  return { ...schema, nullable: true, ...(schema.enum && { enum: [...schema.enum, null] }) };
}

function typed(document: DocumentSchema, schema: Schema): StructuralSchema {
  const { type, pattern, minimum, maximum } = schema;
  if (type === 'object') return object(document, schema);
  if (type === 'array') return list(schema.items ? toStructural(document, schema.items) : ANYTHING);
  if (type === undefined) return ANYTHING;
  const limits = {
    ...(pattern !== undefined && { pattern }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
  if (typeof type !== 'string') return { 'x-kubernetes-int-or-string': true, ...limits };
  return { type, ...(schema.enum && { enum: schema.enum }), ...limits };
}

/** The server accepts rules in a list only if it knows how often they run. */
const MOST_WITH_RULES = 1_000;

function list(items: StructuralSchema): StructuralSchema {
  return { type: 'array', items, ...(hasRules(items) && { maxItems: MOST_WITH_RULES }) };
}

function map(values: StructuralSchema): StructuralSchema {
  return { type: 'object', additionalProperties: values, ...(hasRules(values) && { maxProperties: MOST_WITH_RULES }) };
}

/** Whether it or a part of it has rules. */
function hasRules(schema: StructuralSchema): boolean {
  const parts = [...Object.values(schema.properties ?? {}), schema.additionalProperties, schema.items];
  return schema['x-kubernetes-validations'] !== undefined || parts.some((part) => part !== undefined && hasRules(part));
}

const ANYTHING: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

function object(document: DocumentSchema, schema: Schema): StructuralSchema {
  const { properties, additionalProperties, oneofs = [] } = schema;
  if (typeof additionalProperties === 'object') return map(toStructural(document, additionalProperties));
  const fields = Object.entries(properties ?? {});
  const required = fields.flatMap(([name, { admission }]) => (admission?.required === true ? [name] : []));
  const rules = [...oneofs.map(atMostOne), ...(schema.rules ?? [])];
  return {
    type: 'object',
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map(([name, field]) => [name, fieldOf(document, field)])),
    }),
    ...(required.length > 0 && { required }),
    'x-kubernetes-preserve-unknown-fields': true,
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  };
}

/** At most one of these fields may be set. */
function atMostOne(fields: readonly string[]): AdmissionRule {
  const counted = fields.map((field) => `(has(self.${celName(field)}) ? 1 : 0)`).join(' + ');
  return { rule: `${counted} <= 1`, message: `Only one of ${fields.join(', ')} may be set.` };
}

/** Words that CEL reserves, which the API server escapes in the names of fields. */
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** https://kubernetes.io/docs/reference/using-api/cel/#escaping */
function celName(field: string): string {
  return RESERVED.has(field) ? `__${field}__` : field;
}
