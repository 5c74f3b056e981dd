/**
 * Compares a value of `node.metadata` with `envoy.type.matcher.v3.ValueMatcher`.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/value.proto
 */
import { STATUS, StreamError } from '../transport/message-stream.js';
import { type StringMatcher, stringMatches } from './string-matcher.js';

interface DoubleMatcher {
  readonly matchPattern: 'range' | 'exact' | undefined;
  /** Includes `start`, excludes `end`. */
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly exact: number;
}

export interface ValueMatcher {
  /** The name of the field that is set. */
  readonly matchPattern:
    'nullMatch' | 'doubleMatch' | 'stringMatch' | 'boolMatch' | 'presentMatch' | 'listMatch' | 'orMatch' | undefined;
  readonly doubleMatch: DoubleMatcher;
  readonly stringMatch: StringMatcher;
  readonly boolMatch: boolean;
  readonly presentMatch: boolean;
  readonly listMatch: { readonly oneOf: ValueMatcher | null };
  readonly orMatch: { readonly valueMatchers: readonly ValueMatcher[] };
}

/** Whether a value matches. `undefined`: the value does not exist. */
export type Matches = (value: unknown) => boolean;

/** @throws StreamError for an unsupported matcher. */
export function valueMatches(matcher: ValueMatcher | null): Matches {
  switch (matcher?.matchPattern) {
    case 'nullMatch':
      return (value) => value === null;
    case 'doubleMatch':
      return doubleMatches(matcher.doubleMatch);
    case 'stringMatch':
      return textMatches(matcher.stringMatch);
    case 'boolMatch':
      return (value) => value === matcher.boolMatch;
    case 'presentMatch':
      return (value) => matcher.presentMatch && isPrimitive(value);
    case 'listMatch':
      return listMatches(matcher.listMatch.oneOf);
    case 'orMatch':
      return anyMatches(matcher.orMatch.valueMatchers);
    case undefined:
      throw new StreamError(STATUS.invalidArgument, 'a value matcher says nothing to match');
  }
}

function doubleMatches({ matchPattern, range, exact }: DoubleMatcher): Matches {
  const { start = 0, end = 0 } = range ?? {};
  if (matchPattern === 'exact') return (value) => value === exact;
  return (value) => typeof value === 'number' && value >= start && value < end;
}

function textMatches(matcher: StringMatcher): Matches {
  const matches = stringMatches(matcher);
  return (value) => typeof value === 'string' && matches(value);
}

function listMatches(oneOf: ValueMatcher | null): Matches {
  const matches = valueMatches(oneOf);
  return (value) => Array.isArray(value) && value.some(matches);
}

function anyMatches(matchers: readonly ValueMatcher[]): Matches {
  const alternatives = matchers.map(valueMatches);
  return (value) => alternatives.some((matches) => matches(value));
}

function isPrimitive(value: unknown): boolean {
  return value !== undefined && (value === null || typeof value !== 'object');
}
