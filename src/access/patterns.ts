/** Patterns of identities and of node ids, as the client policy writes them. */
import { matchesGlob } from '../api/glob.js';

/** The values of the variables of a pattern, by name. */
export type Variables = ReadonlyMap<string, string>;

export type MatchIdentity = (identity: string) => Variables | undefined;

/** Two in one segment are matched in a number of steps that is the square of the length of the identity, which is bounded. */
const MAX_WILDCARDS = 2;

const PART = /\{([^{}]*)\}|\*|[^{}*]+|[{}]/g;
const VARIABLE = /^[a-z][a-zA-Z0-9]*$/;

/**
 * A pattern of identities, such as `spiffe://example.org/ns/{namespace}/sa/*`: `{name}` matches one or more characters except `/` and `:`
 * and gives them a name, `*` matches them without. The whole identity must match.
 * @throws SyntaxError with a sentence.
 */
export function compileIdentityPattern(pattern: string): MatchIdentity {
  const names: string[] = [];
  const source = [...pattern.matchAll(PART)].map(([part, name]) => {
    if (part === '*') return '[^/:]+';
    if (name === undefined) return literal(part, pattern);
    if (!VARIABLE.test(name))
      throw new SyntaxError(`"${pattern}": {${name}} is not a name of a variable, such as {namespace}.`);
    if (names.includes(name)) throw new SyntaxError(`"${pattern}": the variable {${name}} stands twice.`);
    names.push(name);
    return '([^/:]+)';
  });
  requireFewWildcards(pattern);
  const expression = new RegExp(`^${source.join('')}$`);
  return (identity) => {
    const match = expression.exec(identity);
    return match === null ? undefined : new Map(names.map((name, index) => [name, match[index + 1] ?? '']));
  };
}

function literal(text: string, pattern: string): string {
  if (text === '{' || text === '}') throw new SyntaxError(`"${pattern}": a brace has no counterpart.`);
  return text.replaceAll(/[\\^$.|?*+()[\]{}/-]/g, '\\$&');
}

function requireFewWildcards(pattern: string): void {
  for (const segment of pattern.split(/[/:]/)) {
    const wildcards = segment.match(/\{[^{}]*\}|\*/g)?.length ?? 0;
    if (wildcards > MAX_WILDCARDS)
      throw new SyntaxError(`"${pattern}": "${segment}" has more than ${MAX_WILDCARDS} variables.`);
    if (/[}*][{*]/.test(segment))
      throw new SyntaxError(`"${pattern}": "${segment}" has two variables without text between them.`);
  }
}

/** The names of the variables in a text. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

/**
 * Whether a value matches: `{name}` is the value of that variable, `*` any text, also none. A variable that has no value matches nothing,
 * and neither does one whose value contains a `*`, because that would be a pattern.
 */
export function matchesValue(pattern: string, variables: Variables, value: string): boolean {
  const values = variablesIn(pattern).map((name) => variables.get(name));
  if (values.some((one) => one === undefined || one.includes('*'))) return false;
  return matchesGlob(
    pattern.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => variables.get(name) ?? ''),
    value,
  );
}
