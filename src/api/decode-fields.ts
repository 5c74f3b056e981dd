/** Reads the fields of a document by its schema. Reports fields that do not exist, exclude each other, select nothing or have no effect. */
import {
  type ExclusiveFields,
  type IdleField,
  type Project,
  type ProjectOptions,
  type UnknownField,
  createProject,
} from './decode-project.js';
import type { DocumentSchema } from './decode-schema.js';
import { type FieldPlaces, belongsTo, placesOf } from './decode-elsewhere.js';
import { type Scope, scopeOf, widenedBy } from './decode-scope.js';
import type { Violation } from './decode-validate.js';
import { describe } from './describe.js';
import { formatPath } from './diagnostic.js';
import type { FieldPath, Written } from './resource.js';
import { didYouMean, suggest } from './suggest.js';

/** Reads documents of one schema. */
export interface Reader {
  readonly project: Project;
  readonly scope: Scope;
  /** The places of all fields. Computed when the first unknown field is found. */
  readonly places: () => FieldPlaces;
  readonly validate: (document: unknown, written: Written) => readonly Violation[];
}

export function createReader(schema: DocumentSchema, validate: Reader['validate'], options: ProjectOptions): Reader {
  let places: FieldPlaces | undefined;
  return {
    project: createProject(schema, options),
    scope: scopeOf(schema),
    places: () => (places ??= placesOf(schema)),
    validate,
  };
}

export interface Reading {
  readonly value: unknown;
  readonly errors: readonly Violation[];
  readonly warnings: Violation[];
}

/** Unknown fields are ignored with a warning. They are errors if ignoring them would make the resource apply to more than intended. */
export function readFields(document: unknown, { project, scope, places, validate }: Reader, written: Written): Reading {
  const { value, unknownFields, exclusiveFields, emptySelectors, idleFields } = project(document);
  const errors = [
    ...exclusiveFields.map(severalFields),
    ...emptySelectors.map(emptySelector),
    ...validate(value, written),
  ];
  const warnings: Violation[] = [];
  for (const unknown of unknownFields) {
    const meant = widenedBy(scope, value, unknown);
    if (unknown.selective) errors.push(unknownInSelector(unknown, belongsTo(places(), unknown.path)));
    else if (meant !== undefined) errors.push(unknownBeside(unknown, meant));
    else warnings.push(unknownField(unknown, belongsTo(places(), unknown.path)));
  }
  for (const idle of idleFields)
    if (!errors.some(({ path }) => isWithin(path, idle.path))) warnings.push(withoutEffect(idle));
  return { value, errors, warnings };
}

function isWithin(path: FieldPath, outer: FieldPath): boolean {
  return outer.every((step, i) => path[i] === step);
}

function withoutEffect({ path, reason }: IdleField): Violation {
  return { path, code: 'FieldWithoutEffect', message: `${String(path.at(-1))} has no effect. ${reason}` };
}

function unknownField({ path, known }: UnknownField, elsewhere: string): Violation {
  const field = String(path.at(-1));
  const message = `The field ${describe(field)} does not exist here and is ignored.${elsewhere || didYouMean(suggest(field, known))}`;
  return { path, code: 'UnknownField', message };
}

/** A longer list of fields does not help the user. */
const MAX_FIELDS_NAMED = 8;

function unknownInSelector({ path, known }: UnknownField, elsewhere: string): Violation {
  const field = String(path.at(-1));
  const suggestion = suggest(field, known);
  const hint =
    suggestion === undefined && known.length <= MAX_FIELDS_NAMED
      ? ` It takes ${known.join(', ')}.`
      : didYouMean(suggestion);
  const message = `The field ${describe(field)} does not exist in this selector. The selector selects nothing until you correct it.${elsewhere || hint}`;
  return { path, code: 'UnknownField', message };
}

function unknownBeside({ path }: UnknownField, meant: string): Violation {
  const field = describe(String(path.at(-1)));
  const message = `The field ${field} does not exist here. Without ${meant} the resource would apply to everything, so it is not used.${didYouMean(meant)}`;
  return { path, code: 'UnknownField', message };
}

function severalFields({ path, fields }: ExclusiveFields): Violation {
  const message = `${fields.slice(0, -1).join(', ')} and ${fields.at(-1) ?? ''} exclude each other. Set only one of them.`;
  return { path, code: 'ExclusiveFields', message };
}

function emptySelector(path: FieldPath): Violation {
  const message = `${formatPath(path)} has no value. Without a value the selector could select everything. Set a value or remove the field.`;
  return { path, code: 'InvalidSelector', message };
}
