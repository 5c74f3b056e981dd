/** Which of two request matchers is more specific, and whether one takes all requests of the other. Must not know what is done with a request. */
import type { NamedMatch, RequestMatcher, TextMatch } from './request-matchers.js';

/** Sort order of routes: exact paths, then regular expressions, then prefixes; then longer paths; then more conditions; then stricter ones. */
export function bySpecificity(a: RequestMatcher, b: RequestMatcher): number {
  const [pathA, pathB] = [a.path ?? anyPath, b.path ?? anyPath];
  return (
    pathRank[pathA.type] - pathRank[pathB.type] ||
    pathB.text.length - pathA.text.length ||
    Number(foldsCase(pathA)) - Number(foldsCase(pathB)) ||
    conditionsOf(b).length - conditionsOf(a).length ||
    strictness(b) - strictness(a)
  );
}

const anyPath: TextMatch = { type: 'prefix', text: '/', ignoreCase: false };

/** Whether the comparison ignores the case of a letter in the text. */
function foldsCase({ ignoreCase, text }: TextMatch): boolean {
  return ignoreCase && text.toLowerCase() !== text.toUpperCase();
}

/** A suffix is sent as a regular expression. */
const pathRank: Readonly<Record<TextMatch['type'], number>> = { exact: 0, regex: 1, suffix: 1, prefix: 2 };

function conditionsOf({ headers, queryParameters, method }: RequestMatcher): readonly NamedMatch[] {
  const methods: readonly NamedMatch[] =
    method === undefined
      ? []
      : [{ name: ':method', match: { type: 'exact', text: method, ignoreCase: false }, inverted: false }];
  return [...methods, ...headers, ...queryParameters];
}

/** With the same number of conditions, a matcher that takes all requests of another one must come after it. */
function strictness(matcher: RequestMatcher): number {
  return conditionsOf(matcher).reduce(
    (sum, { match }) => sum + (match === undefined ? 0 : match.type === 'exact' ? 2 : 1),
    0,
  );
}

/** Whether `a` matches every request that `b` matches. False if that cannot be decided by a simple comparison. */
export function coversRequests(a: RequestMatcher, b: RequestMatcher): boolean {
  return (
    coversPath(a.path ?? anyPath, b.path ?? anyPath) &&
    (a.method === undefined || a.method === b.method) &&
    a.headers.every((header) => b.headers.some((other) => implies(other, header, true))) &&
    a.queryParameters.every((parameter) => b.queryParameters.some((other) => implies(other, parameter, false)))
  );
}

function coversPath(a: TextMatch, b: TextMatch): boolean {
  switch (a.type) {
    case 'exact':
      return b.type === 'exact' && equal(a, b);
    case 'prefix':
      return beginsWith(a, b);
    case 'suffix':
      return (b.type === 'exact' || b.type === 'suffix') && endsWith(a, b);
    case 'regex': {
      const whole = a.text.endsWith('.*') ? literalStart(a.text.slice(0, -2)) : undefined;
      if (whole?.complete === true) return beginsWith({ type: 'prefix', text: whole.text, ignoreCase: false }, b);
      return b.type === 'regex' && a.text === b.text;
    }
  }
}

function equal(a: TextMatch, b: TextMatch): boolean {
  return a.ignoreCase ? fold(a.text) === fold(b.text) : !foldsCase(b) && a.text === b.text;
}

/** Whether all paths that match `b` begin with the text of `a`. */
function beginsWith(a: TextMatch, b: TextMatch): boolean {
  if (a.text === '' || a.text === '/') return true;
  const start = startOf(b);
  return a.ignoreCase ? fold(start).startsWith(fold(a.text)) : !foldsCase(b) && start.startsWith(a.text);
}

/** The text that all matching paths begin with. */
function startOf({ type, text }: TextMatch): string {
  if (type === 'suffix') return '';
  return type === 'regex' ? literalStart(text).text : text;
}

function endsWith(a: TextMatch, b: TextMatch): boolean {
  return a.ignoreCase ? fold(b.text).endsWith(fold(a.text)) : !foldsCase(b) && b.text.endsWith(a.text);
}

function fold(text: string): string {
  return text.toLowerCase();
}

/** The literal text that an expression begins with, and whether it is the whole expression. */
function literalStart(regex: string): { readonly text: string; readonly complete: boolean } {
  const [literal = ''] = /^[^\\^$.*+?()[\]{}|]*/.exec(regex) ?? [];
  const rest = regex.slice(literal.length);
  if (regex.includes('|')) return { text: '', complete: false };
  // These make the last character optional.
  return /^[*?{]/.test(rest)
    ? { text: literal.slice(0, -1), complete: false }
    : { text: literal, complete: rest === '' };
}

/** Whether a request that meets `given` also meets `wanted`. `folded`: names are compared without regard to case. */
function implies(given: NamedMatch, wanted: NamedMatch, folded: boolean): boolean {
  if (folded ? fold(given.name) !== fold(wanted.name) : given.name !== wanted.name) return false;
  if (wanted.match === undefined && !wanted.inverted) return !given.inverted;
  const [a, b] = [given.match, wanted.match];
  return (
    given.inverted === wanted.inverted && a?.type === b?.type && a?.text === b?.text && a?.ignoreCase === b?.ignoreCase
  );
}
