/** Mistakes in request matchers and request actions. A value that Envoy would reject must not reach it. */
import type { FieldPath } from '../../../api/resource.js';
import type {
  HeaderManipulation,
  HttpMatcher,
  StringMatch,
  TrafficPolicySpec_Policy as Policy,
} from '../../../generated/resources.js';
import { checkDuration, checkPercent } from '../../model/duration-findings.js';
import type { Findings } from '../../model/finding.js';
import { regexProblem } from '../../../re2/re2.js';
import { suffixRegex } from './request-matchers.js';

export function checkMatcher(findings: Findings, matcher: HttpMatcher, path: FieldPath): void {
  const given = (['prefix', 'exact', 'regex', 'uri'] as const).filter((field) => matcher[field] !== undefined);
  if (given.length > 1) {
    findings.error(
      'InvalidMatcher',
      [...path, given[1] ?? ''],
      `A matcher can have only one of prefix, exact, regex and uri, not ${given.join(' and ')}.`,
    );
  }
  checkPath(findings, matcher, path);
  checkGiven(findings, matcher, path);
  if (matcher.uri) checkGiven(findings, matcher.uri, [...path, 'uri']);
  if (matcher.uri && given.length === 1) checkCompares(findings, matcher.uri, [...path, 'uri']);
  checkText(findings, matcher.uri ?? {}, [...path, 'uri']);
  checkRegex(findings, matcher.regex, [...path, 'regex']);
  checkNamed(findings, matcher.headers ?? [], [...path, 'headers'], isHeaderName);
  checkNamed(
    findings,
    matcher.queryParameters ?? [],
    [...path, 'queryParameters'],
    (name) => name !== '' && Buffer.byteLength(name) <= 1024,
  );
  const { method = '' } = matcher;
  if (!/^[A-Za-z-]*$/.test(method))
    findings.error('InvalidMatcher', [...path, 'method'], `${JSON.stringify(method)} is not an HTTP method.`);
}

/** Protobuf cannot tell an empty text from an absent one, and an absent one matches everything. Only an empty prefix is meant so. */
function checkGiven(findings: Findings, texts: StringMatch, path: FieldPath): void {
  for (const field of ['exact', 'regex', 'suffix'] as const) {
    if (texts[field] === '')
      findings.error(
        'InvalidMatcher',
        [...path, field],
        `${field} is empty, and nothing matches an empty string. Set a value or remove the field.`,
      );
  }
}

/** A matcher without a value to compare with would match everything. */
function checkCompares(findings: Findings, match: StringMatch, path: FieldPath): void {
  const { exact, prefix, suffix, regex } = match;
  if ([exact, prefix, suffix, regex].some((text) => text !== undefined)) return;
  findings.error('InvalidMatcher', path, 'Set one of exact, prefix, suffix and regex.');
}

/** A path begins with a slash. Envoy resolves its dot segments and removes its query before it compares. */
function checkPath(findings: Findings, { prefix, exact, uri = {} }: HttpMatcher, path: FieldPath): void {
  const texts = [
    [prefix, 'prefix'],
    [exact, 'exact'],
    [uri.prefix, 'uri', 'prefix'],
    [uri.exact, 'uri', 'exact'],
  ] as const;
  for (const [text = '', ...field] of texts) {
    const problem = pathProblem(text);
    if (problem !== undefined)
      findings.warning(
        'MatcherNeverMatches',
        [...path, ...field],
        `No path matches ${JSON.stringify(text)}: ${problem}.`,
      );
  }
}

function pathProblem(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'paths begin with a slash';
  if (/[?#]/.test(text)) return 'a path ends before ? and #. Use queryParameters for the query';
  return /(^|\/)\.\.?\//.test(text) ? 'Envoy resolves . and .. before it compares paths' : undefined;
}

/** A string match has one kind of comparison, and a regular expression that Envoy can compile. */
function checkText(findings: Findings, match: StringMatch, path: FieldPath): void {
  const given = (['exact', 'prefix', 'suffix', 'regex'] as const).filter((field) => match[field] !== undefined);
  if (given.length > 1) {
    findings.error(
      'InvalidMatcher',
      [...path, given[1] ?? ''],
      `Set one of exact, prefix, suffix and regex, not ${given.join(' and ')}.`,
    );
  }
  checkRegex(findings, match.regex, [...path, 'regex']);
  const { suffix, ignoreCase = false } = match;
  if (suffix) checkRegex(findings, suffixRegex({ type: 'suffix', text: suffix, ignoreCase }), [...path, 'suffix']);
}

interface NamedValue {
  readonly name?: string;
  readonly value?: string;
  readonly regex?: boolean;
}

function checkNamed(
  findings: Findings,
  conditions: readonly NamedValue[],
  path: FieldPath,
  isName: (name: string) => boolean,
): void {
  conditions.forEach(({ name = '', value, regex = false }, i) => {
    if (!isName(name))
      findings.error('InvalidMatcher', [...path, i, 'name'], `${JSON.stringify(name)} is not a valid name.`);
    if (regex) checkRegex(findings, value, [...path, i, 'value']);
  });
}

function checkRegex(findings: Findings, regex: string | undefined, path: FieldPath): void {
  const problem = regex ? regexProblem(regex) : undefined;
  if (problem !== undefined) findings.error('InvalidRegex', path, `Envoy rejects the regular expression: ${problem}.`);
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-field-names, and the pseudo-headers of HTTP/2, such as `:method`. */
function isHeaderName(name: string): boolean {
  return /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

export function checkHeaders(findings: Findings, changes: HeaderManipulation, path: FieldPath): void {
  for (const field of ['appendRequestHeaders', 'appendResponseHeaders'] as const) {
    const headers = Object.entries(changes[field] ?? {});
    if (headers.length > MOST_HEADERS)
      findings.error(
        'InvalidHeader',
        [...path, field],
        `${field} has ${headers.length} headers, but Envoy adds at most ${MOST_HEADERS}.`,
      );
    for (const [name, value] of headers) {
      checkChanged(findings, name, [...path, field, name]);
      if (sentLength(value) > LONGEST_HEADER || /[\0\r\n]/.test(value)) {
        findings.error(
          'InvalidHeader',
          [...path, field, name],
          `The value of ${nameInSentence(name)} is too long or has line breaks.`,
        );
      }
    }
  }
  for (const field of ['removeRequestHeaders', 'removeResponseHeaders'] as const) {
    changes[field]?.forEach((name, i) => checkChanged(findings, name, [...path, field, i]));
  }
}

/** Envoy's limits. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-headervalue */
const [MOST_HEADERS, LONGEST_HEADER] = [1000, 16_384];

/** The length in bytes of a header value as it is sent: a percent sign that begins no variable is doubled. */
function sentLength(value: string): number {
  return Buffer.byteLength(value) + (value.split('%').length - 1);
}

function nameInSentence(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

/** Envoy never changes the host and the pseudo-headers of a request, even if the configuration says so. */
function checkChanged(findings: Findings, name: string, path: FieldPath): void {
  if (Buffer.byteLength(name) > LONGEST_HEADER) {
    findings.error(
      'InvalidHeader',
      path,
      `Header ${nameInSentence(name)} is too long: a name has at most ${LONGEST_HEADER} bytes.`,
    );
  } else if (!isHeaderName(name)) {
    findings.error('InvalidHeader', path, `${JSON.stringify(name)} is not the name of a header.`);
  } else if (name.startsWith(':') || name.toLowerCase() === 'host') {
    findings.error(
      'InvalidHeader',
      path,
      `Header ${name} cannot be added or removed: it determines where the request goes.`,
    );
  }
}

export function checkFault(
  findings: Findings,
  { fixedDelay, abort, percentage }: NonNullable<Policy['faultInjection']>,
  path: FieldPath,
): void {
  if ((fixedDelay === undefined) === (abort === undefined)) {
    findings.error('InvalidFault', path, 'faultInjection needs either fixedDelay or abort.');
  }
  checkDuration(findings, fixedDelay, [...path, 'fixedDelay']);
  checkPercent(findings, percentage, [...path, 'percentage']);
  const status = abort && (abort.httpStatus ?? 0);
  if (status === undefined || (status >= 200 && status <= 599)) return;
  findings.error(
    'InvalidStatus',
    [...path, 'abort', 'httpStatus'],
    `Invalid HTTP status ${status}: must be between 200 and 599, inclusive.`,
  );
}

export function checkCors(findings: Findings, cors: NonNullable<Policy['corsPolicy']>, path: FieldPath): void {
  if ((cors.allowOrigins ?? []).length === 0) {
    findings.warning(
      'FieldWithoutEffect',
      path,
      'corsPolicy without allowOrigins allows no origin, so it has no effect.',
    );
  }
  cors.allowOrigins?.forEach((origin, i) => {
    checkText(findings, origin, [...path, 'allowOrigins', i]);
    checkGiven(findings, origin, [...path, 'allowOrigins', i]);
    checkCompares(findings, origin, [...path, 'allowOrigins', i]);
  });
  for (const field of ['allowHeaders', 'exposeHeaders', 'allowMethods'] as const) {
    cors[field]?.forEach((name, i) => {
      if (isHeaderName(name)) return;
      findings.error('InvalidHeader', [...path, field, i], `${JSON.stringify(name)} is not a valid HTTP name.`);
    });
  }
  if (cors.maxAge !== undefined && cors.maxAge !== '0s') checkDuration(findings, cors.maxAge, [...path, 'maxAge']);
}
