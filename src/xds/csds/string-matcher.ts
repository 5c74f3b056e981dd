/**
 * Compares a text with `envoy.type.matcher.v3.StringMatcher`. Regular expressions are not supported: the expression comes from a client, and
 * JavaScript may evaluate one for ever.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/string.proto
 */
import { STATUS, StreamError } from '../transport/message-stream.js';

export interface StringMatcher {
  /** The name of the field that is set. */
  readonly matchPattern: 'exact' | 'prefix' | 'suffix' | 'contains' | 'safeRegex' | 'custom' | undefined;
  readonly exact: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly contains: string;
  readonly ignoreCase: boolean;
}

/** @throws StreamError for an unsupported matcher. */
export function stringMatches(matcher: StringMatcher): (text: string) => boolean {
  const fold = (text: string): string => (matcher.ignoreCase ? text.toLowerCase() : text);
  switch (matcher.matchPattern) {
    case 'exact':
      return (text) => fold(text) === fold(matcher.exact);
    case 'prefix':
      return (text) => fold(text).startsWith(fold(matcher.prefix));
    case 'suffix':
      return (text) => fold(text).endsWith(fold(matcher.suffix));
    case 'contains':
      return (text) => fold(text).includes(fold(matcher.contains));
    case 'safeRegex':
    case 'custom':
      throw new StreamError(STATUS.invalidArgument, `a matcher with ${matcher.matchPattern} is not supported`);
    case undefined:
      throw new StreamError(STATUS.invalidArgument, 'a string matcher says nothing to match');
  }
}
