/**
 * The rules for single values, as functions that return what is wrong, or `undefined`.
 * https://github.com/bufbuild/protoc-gen-validate/blob/main/README.md#constraint-rules
 */
import { isUtf8 } from 'node:buffer';

/** The `validate.rules` of a field in its .proto file. */
export type Rules = Readonly<Record<string, unknown>>;

export type CheckNumber = (value: number) => string | undefined;
export type CheckText = (bytes: Uint8Array, start: number, end: number) => string | undefined;

/** As `{seconds, nanos}` in a rule; absent parts are 0. */
interface DurationLimit {
  readonly seconds?: number;
  readonly nanos?: number;
}

const comparisons: Readonly<Record<string, readonly [(value: number, limit: number) => boolean, string]>> = {
  const: [(value, limit) => value === limit, 'must be'],
  lt: [(value, limit) => value < limit, 'must be less than'],
  lte: [(value, limit) => value <= limit, 'must be at most'],
  gt: [(value, limit) => value > limit, 'must be greater than'],
  gte: [(value, limit) => value >= limit, 'must be at least'],
};

/** `rules`: the rules of the number's type, such as `uint32`. */
export function numberCheck(rules: Rules): CheckNumber | undefined {
  const limits = Object.entries(comparisons).flatMap(([name, [holds, words]]) =>
    typeof rules[name] === 'number' ? [{ holds, words, limit: rules[name] }] : [],
  );
  const { in: allowed, not_in: forbidden } = rules as {
    readonly in?: readonly number[];
    readonly not_in?: readonly number[];
  };
  if (limits.length === 0 && allowed === undefined && forbidden === undefined) return undefined;
  return (value) => {
    for (const { holds, words, limit } of limits) if (!holds(value, limit)) return `${words} ${limit}, is ${value}`;
    if (allowed && !list(allowed).includes(value)) return `must be one of ${list(allowed).join(', ')}`;
    return forbidden && list(forbidden).includes(value) ? `must not be ${value}` : undefined;
  };
}

/** A list with one item is written without brackets. */
function list<Item>(items: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(items) ? (items as readonly Item[]) : [items as Item];
}

/** Envoy counts in nanoseconds of 64 bits. */
const LONGEST_SECONDS = 9_223_372_036;

/** Envoy takes no negative duration, whatever the rules. */
export function durationCheck(rules: Rules): (seconds: number, nanos: number) => string | undefined {
  const limits = Object.entries(comparisons).flatMap(([name, [holds, words]]) => {
    const { seconds = 0, nanos = 0 } = (rules[name] ?? {}) as DurationLimit;
    return rules[name] === undefined ? [] : [{ holds, words, limit: seconds + nanos / 1e9 }];
  });
  return (seconds, nanos) => {
    if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || seconds > LONGEST_SECONDS) return 'is out of range';
    const value = seconds + nanos / 1e9;
    for (const { holds, words, limit } of limits) if (!holds(value, limit)) return `${words} ${limit}s, is ${value}s`;
    return undefined;
  };
}

interface TextRules {
  readonly min_len?: number;
  readonly max_len?: number;
  readonly len?: number;
  readonly min_bytes?: number;
  readonly max_bytes?: number;
  readonly pattern?: string;
  readonly prefix?: string;
  readonly in?: string | readonly string[];
  readonly not_in?: string | readonly string[];
  readonly well_known_regex?: 'HTTP_HEADER_NAME' | 'HTTP_HEADER_VALUE';
  readonly strict?: boolean;
  readonly ignore_empty?: boolean;
}

/** In addition, every text must be UTF-8. */
export function textCheck(rules: Rules): CheckText {
  const {
    min_len: least = 0,
    min_bytes: leastBytes = 0,
    max_bytes: mostBytes = Infinity,
    ignore_empty: mayBeEmpty = false,
  } = rules as TextRules;
  const decoded = decodedTextCheck(rules);
  return (bytes, start, end) => {
    const length = end - start;
    if (length === 0 && mayBeEmpty) return undefined;
    if (length < Math.min(1, least) || length < leastBytes) return 'must not be empty';
    if (length > mostBytes) return `must have at most ${mostBytes} bytes, has ${length}`;
    if (!isAscii(bytes, start, end) && !isUtf8(bytes.subarray(start, end))) return 'is not UTF-8';
    return decoded?.(Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString());
  };
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}

/** The rules for which the text must be decoded. */
function decodedTextCheck(rules: Rules): ((text: string) => string | undefined) | undefined {
  const {
    min_len: least = 0,
    max_len: most = Infinity,
    len,
    pattern,
    prefix,
    in: allowed,
    not_in: forbidden,
  } = rules as TextRules;
  const expression = pattern === undefined ? headerPattern(rules) : new RegExp(pattern, 'u');
  if (
    least <= 1 &&
    most === Infinity &&
    [len, prefix, allowed, forbidden, expression].every((rule) => rule === undefined)
  )
    return undefined;
  return (text) => {
    const length = Array.from(text).length;
    if (length < least || length > most || (len !== undefined && length !== len))
      return `must not have ${length} characters`;
    if (expression && !expression.test(text))
      return `has characters that are not allowed: ${JSON.stringify(text.slice(0, 80))}`;
    if (prefix !== undefined && !text.startsWith(prefix)) return `must begin with ${prefix}`;
    if (allowed !== undefined && !list(allowed).includes(text)) return `must be one of ${list(allowed).join(', ')}`;
    return forbidden !== undefined && list(forbidden).includes(text) ? `must not be ${text}` : undefined;
  };
}

/* eslint-disable no-control-regex -- control characters are what is looked for */
function headerPattern({ well_known_regex: known, strict = true }: TextRules): RegExp | undefined {
  if (known === undefined) return undefined;
  if (!strict) return /^[^\0\n\r]*$/;
  return known === 'HTTP_HEADER_NAME' ? /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`]+$/ : /^[^\x00-\x08\x0a-\x1f\x7f]*$/;
}
/* eslint-enable no-control-regex */
