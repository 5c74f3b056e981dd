/** Request matchers in one shape for all versions of the resources. Must not know what is done with a request that matches. */
import { compareText } from '../../../api/resource.js';
import type { HttpMatcher, StringMatch } from '../../../generated/resources.js';

/** How a text is compared. `exact`, `prefix` and `suffix` can ignore case. `regex` is an RE2 expression for the whole text. */
export interface TextMatch {
  readonly type: 'exact' | 'prefix' | 'suffix' | 'regex';
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** Compares the value of a header or query parameter. Without `match`, it only has to be present. */
export interface NamedMatch {
  readonly name: string;
  readonly match?: TextMatch;
  /** Whether the result is inverted. A missing header then matches. */
  readonly inverted: boolean;
}

/** A request matches if all conditions hold. */
export interface RequestMatcher {
  readonly path?: TextMatch;
  readonly headers: readonly NamedMatch[];
  readonly queryParameters: readonly NamedMatch[];
  /** In upper case. */
  readonly method?: string;
}

/** Matchers with the same meaning give the same result: the order of conditions does not matter. */
export function toRequestMatcher(matcher: HttpMatcher): RequestMatcher {
  const path = pathOf(matcher);
  const { method = '' } = matcher;
  return {
    ...(path && { path }),
    headers: (matcher.headers ?? []).map(toNamedMatch).sort(byName),
    queryParameters: (matcher.queryParameters ?? []).map(toNamedMatch).sort(byName),
    ...(method !== '' && { method: method.toUpperCase() }),
  };
}

function pathOf({ prefix, exact, regex, uri }: HttpMatcher): TextMatch | undefined {
  return (
    toTextMatch({
      ...(exact !== undefined && { exact }),
      ...(prefix !== undefined && { prefix }),
      ...(regex !== undefined && { regex }),
    }) ?? toTextMatch(uri ?? {})
  );
}

/** `undefined` if there is nothing to compare with. */
export function toTextMatch({ exact, prefix, suffix, regex, ignoreCase = false }: StringMatch): TextMatch | undefined {
  if (exact) return { type: 'exact', text: exact, ignoreCase };
  if (prefix) return { type: 'prefix', text: prefix, ignoreCase };
  if (suffix) return { type: 'suffix', text: suffix, ignoreCase };
  return regex ? { type: 'regex', text: regex, ignoreCase: false } : undefined;
}

interface NamedValue {
  readonly name?: string;
  readonly value?: string;
  readonly regex?: boolean;
  readonly invertMatch?: boolean;
}

function toNamedMatch({ name = '', value = '', regex = false, invertMatch = false }: NamedValue): NamedMatch {
  const match = toTextMatch(regex ? { regex: value } : { exact: value });
  return { name, ...(match && { match }), inverted: invertMatch };
}

function byName(a: NamedMatch, b: NamedMatch): number {
  return compareText(a.name, b.name) || compareText(a.match?.text ?? '', b.match?.text ?? '');
}

/** A regular expression for texts with this suffix. */
export function suffixRegex({ text, ignoreCase }: TextMatch): string {
  return `${ignoreCase ? '(?i)' : ''}.*${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
}
