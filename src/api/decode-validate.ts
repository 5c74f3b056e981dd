/** Validates the values of a document against the schema of its kind. Reports each violation in a sentence. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { DiagnosticCode } from './codes.js';
import { DURATION_FORMAT, type DocumentSchema, type Schema } from './decode-schema.js';
import { describe, describeWritten, quoteHint } from './describe.js';
import { formatPath } from './diagnostic.js';
import { readDuration } from './duration.js';
import type { FieldPath, Written } from './resource.js';
import { didYouMean, suggest } from './suggest.js';

export interface Violation {
  readonly path: FieldPath;
  readonly code: DiagnosticCode;
  readonly message: string;
}

/** Messages quote a value as `written` returns it, or else the decoded value. */
export type Validate = (schema: DocumentSchema, document: unknown, written: Written) => readonly Violation[];

/** Creates a validator that compiles each schema on first use. */
export function createValidate(): Validate {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, logger: false, addUsedSchema: false });
  ajv.addFormat(DURATION_FORMAT, { type: 'string', validate: (text: string) => 'milliseconds' in readDuration(text) });
  const compiled = new Map<DocumentSchema, ValidateFunction>();
  return (schema, document, written) => {
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate(document) ? [] : (validate.errors ?? []).map((error) => toViolation(document, error, written));
  };
}

function toViolation(document: unknown, error: ErrorObject, written: Written): Violation {
  const path = toPath(document, error.instancePath);
  const field = formatPath(path);
  const { data, params, parentSchema } = error as {
    readonly data?: unknown;
    readonly params: Readonly<Record<string, unknown>>;
    readonly parentSchema?: Schema;
  };
  const source = typeof data === 'string' ? undefined : written(path);
  const value = describeWritten(data, source);
  switch (error.keyword) {
    case 'type': {
      const hint = parentSchema?.type === 'string' && parentSchema.format === undefined ? quoteHint(data, source) : '';
      return {
        path,
        code: 'WrongType',
        message: `${field} must be ${expected(parentSchema)}, not ${value}.${hint}`,
      };
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly string[]).filter((value) => typeof value === 'string');
      const hint = didYouMean(suggest(String(data), allowed));
      return {
        path,
        code: 'InvalidValue',
        message: `${field} must be one of ${allowed.join(', ')}, not ${value}.${hint}`,
      };
    }
    case 'minimum':
    case 'maximum': {
      const bound = `at ${error.keyword === 'minimum' ? 'least' : 'most'} ${String(params['limit'])}`;
      return { path, code: 'InvalidValue', message: `${field} must be ${bound}, not ${value}.` };
    }
    case 'format': {
      const reading = readDuration(String(data));
      return {
        path,
        code: 'InvalidDuration',
        message: 'problem' in reading ? reading.problem : `Invalid duration ${describe(data)}.`,
      };
    }
    case 'pattern': {
      return { path, code: 'InvalidValue', message: `${field} must be a whole number, not ${value}.` };
    }
    default: {
      return { path, code: 'InvalidValue', message: `${field} ${error.message ?? 'is not valid'}.` };
    }
  }
}

/** The steps of a JSON Pointer. Steps into lists are numbers. */
function toPath(document: unknown, pointer: string): FieldPath {
  let value = document;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(value);
      value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
      return inList ? Number(key) : key;
    });
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function expected(schema: Schema | undefined): string {
  if (schema?.format === DURATION_FORMAT) return 'a duration such as "5s"';
  return [schema?.type ?? []]
    .flat()
    .map((type) => TYPES[type] ?? type)
    .join(' or ');
}
