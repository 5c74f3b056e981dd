/** Conditions on requests in one shape, however their version writes them. Knows nothing of what is done with a request that meets them. */
import { compareText } from '../../../api/resource.js';
import type { HttpMatcher, StringMatch } from '../../../generated/resources.js';

/** How a text is compared. `exact`, `prefix` and `suffix` may ignore case; `regex` is RE2 for the whole text. */
export interface TextMatch {
  readonly type: 'exact' | 'prefix' | 'suffix' | 'regex';
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** Compares a named value; without `match` it is enough that it is there. */
export interface NamedMatch {
  readonly name: string;
  readonly match?: TextMatch;
  /** The condition's opposite; a header that is missing then meets it. */
  readonly inverted: boolean;
}

/** All of it must hold. */
export interface RequestMatcher {
  readonly path?: TextMatch;
  readonly headers: readonly NamedMatch[];
  readonly queryParameters: readonly NamedMatch[];
  /** In upper case. */
  readonly method?: string;
}

/** The same for matchers that mean the same: the order of conditions does not count. */
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

/** `undefined` where nothing is compared. */
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

/** An expression for texts that end so. */
export function suffixRegex({ text, ignoreCase }: TextMatch): string {
  return `${ignoreCase ? '(?i)' : ''}.*${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
}
