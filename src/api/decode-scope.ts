/**
 * Fields that narrow what a resource applies to. Without them, the resource applies to everything. Elsewhere, a misspelt field is ignored
 * with a warning. Ignoring one of these fields would widen the resource, so it is an error.
 */
import { type DocumentSchema, resolveSchema } from './decode-schema.js';
import type { UnknownField } from './decode-project.js';
import { suggest } from './suggest.js';

type Mapping = Readonly<Record<string, unknown>>;

/** The fields that narrow what resources of a kind apply to. They are in `spec`. */
export interface Scope {
  readonly fields: readonly string[];
  /** The field without which a policy selects everything. Absent if there is none. */
  readonly selects?: string;
  /** The words in the names of these fields that occur in no other field name. */
  readonly words: ReadonlySet<string>;
}

export function scopeOf(schema: DocumentSchema): Scope {
  const { properties = {} } = resolveSchema(schema, schema.properties?.['spec'] ?? {});
  const fields = Object.keys(properties).filter((name) => properties[name]?.scope === true);
  const selects = fields.find((name) => properties[name]?.selects === true);
  const others = new Set(
    Object.keys(properties)
      .filter((name) => !fields.includes(name))
      .flatMap(wordsOf),
  );
  const words = new Set(fields.flatMap(wordsOf).filter((word) => !others.has(word)));
  return { fields, words, ...(selects !== undefined && { selects }) };
}

/**
 * The field that was probably meant by the unknown field, if ignoring the unknown field makes the resource apply to more than intended.
 * Otherwise `undefined`.
 */
export function widenedBy(
  { fields, selects, words }: Scope,
  document: unknown,
  { path }: UnknownField,
): string | undefined {
  if (fields.length === 0) return undefined;
  const spec = (document as Mapping)['spec'] as Mapping | undefined;
  const absent = fields.filter((field) => spec?.[field] === undefined);
  const name = String(path.at(-1));
  const meant = suggest(name, absent);
  if (meant !== undefined) return meant;
  const beside = path.length === (spec === undefined ? 1 : 2);
  if (!beside) return undefined;
  return alike(name, absent, words) ?? (selects !== undefined && absent.includes(selects) ? selects : undefined);
}

/** The first field whose name shares a word with the text. Fields whose first word is shared have precedence. */
function alike(text: string, fields: readonly string[], words: ReadonlySet<string>): string | undefined {
  const written = wordsOf(text);
  const isShared = (word: string): boolean => words.has(word) && written.some((other) => isPlural(other, word));
  return (
    fields.find((field) => wordsOf(field).slice(0, 1).some(isShared)) ??
    fields.find((field) => wordsOf(field).some(isShared))
  );
}

/** Splits a name into words: `applyToDestinations` into apply, to, destinations. */
function wordsOf(name: string): readonly string[] {
  return name.split(/(?=[A-Z])|[_-]/u).map((word) => word.toLowerCase());
}

/** Whether the words are equal, or one is the plural of the other. */
function isPlural(a: string, b: string): boolean {
  return [a, `${a}s`, `${a}es`].includes(b) || [`${b}s`, `${b}es`].includes(a);
}
