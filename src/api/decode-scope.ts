/**
 * Fields that narrow what a resource is about, so that without them it is about everything. A field that is misspelt is ignored
 * elsewhere; here it would widen the resource, so it is an error.
 */
import { type DocumentSchema, resolveSchema } from './decode-schema.js';
import type { UnknownField } from './decode-project.js';
import { suggest } from './suggest.js';

type Mapping = Readonly<Record<string, unknown>>;

/** What a kind's `spec` is narrowed by. */
export interface Scope {
  readonly fields: readonly string[];
  /** The field without which a policy selects everything, if there is one. */
  readonly selects?: string;
  /** Words of the names of those fields that occur in no other field's name. */
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
 * The field that the unknown one was probably meant to be, where ignoring it makes the resource be about more than was meant;
 * `undefined` where it does not.
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

/** The first of the fields whose name has a word in common with the text; one that begins with it comes first. */
function alike(text: string, fields: readonly string[], words: ReadonlySet<string>): string | undefined {
  const written = wordsOf(text);
  const isShared = (word: string): boolean => words.has(word) && written.some((other) => isPlural(other, word));
  return (
    fields.find((field) => wordsOf(field).slice(0, 1).some(isShared)) ??
    fields.find((field) => wordsOf(field).some(isShared))
  );
}

/** `applyToDestinations`: apply, to, destinations. */
function wordsOf(name: string): readonly string[] {
  return name.split(/(?=[A-Z])|[_-]/u).map((word) => word.toLowerCase());
}

/** Whether they differ at most in number. */
function isPlural(a: string, b: string): boolean {
  return [a, `${a}s`, `${a}es`].includes(b) || [`${b}s`, `${b}es`].includes(a);
}
