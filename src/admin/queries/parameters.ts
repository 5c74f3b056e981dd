/**
 * Checks that a query has only known parameters, so that a misspelled filter is an error and is not ignored.
 */
import { MalformedInput } from './malformed-input.js';

export interface KnownParameters {
  /** Parameters that may occur once. */
  readonly once: readonly string[];
  /** Parameters that may occur several times. */
  readonly repeatable?: readonly string[];
}

/**
 * The query parameters of a request's URL.
 * @throws MalformedInput for the first parameter that is unknown or occurs too often.
 */
export function readParameters(url: string, known: KnownParameters): URLSearchParams {
  const parameters = new URL(url).searchParams;
  const repeatable = known.repeatable ?? [];
  for (const name of new Set(parameters.keys())) {
    if (repeatable.includes(name)) continue;
    if (!known.once.includes(name)) throw new MalformedInput(unknownParameter(name, [...known.once, ...repeatable]));
    if (parameters.getAll(name).length > 1)
      throw new MalformedInput(`The query parameter ${name} is given more than once.`);
  }
  return parameters;
}

function unknownParameter(name: string, known: readonly string[]): string {
  const hint = known.length === 0 ? 'there are none here' : `known here: ${known.join(', ')}`;
  return `Unknown query parameter "${name}" (${hint}).`;
}
