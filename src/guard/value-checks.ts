/** Reads single values in their encoded bytes and checks them. */
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, type WireReader } from '../proto/wire-reader.js';
import type { Rejection } from './rejection.js';
import { type CheckNumber, type Rules, durationCheck, numberCheck, textCheck } from './value-rules.js';

/** Reads one value of a field; the result says what is wrong with it. */
export type CheckValue = (reader: WireReader, tag: number) => Rejection | undefined;

/** The scalar types of wrapper messages, by full name. */
export const wrappers: Readonly<Record<string, string>> = Object.fromEntries(
  ['double', 'float', 'int64', 'uint64', 'int32', 'uint32', 'bool', 'string', 'bytes'].map((type) => {
    const name = type.startsWith('u') ? `UI${type.slice(2)}` : `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
    return [`google.protobuf.${name}Value`, type];
  }),
);

export function isScalar(type: string): boolean {
  return !type.includes('.');
}

/** The value of a wrapper is its field 1. */
export function checkWrapper(check: CheckValue): CheckValue {
  return (reader, tag) => {
    const wrapper = reader.message(tag);
    const isEmpty = wrapper.done;
    if (isEmpty) return undefined;
    return check(wrapper, wrapper.tag());
  };
}

export function checkDurationValue(rules: Rules): CheckValue {
  const check = durationCheck((rules['duration'] ?? {}) as Rules);
  return (reader, tag) => {
    const duration = reader.message(tag);
    let [seconds, nanos] = [0, 0];
    while (!duration.done) {
      const inner = duration.tag();
      if (inner >>> 3 === 1) seconds = signed(duration.varint());
      else if (inner >>> 3 === 2) nanos = signed(duration.varint());
      else duration.skip(inner);
    }
    const problem = check(seconds, nanos);
    return problem === undefined ? undefined : { path: '', problem };
  };
}

/** Negative varints have 64 bits, which a number cannot represent. Only the sign matters here. */
function signed(value: number): number {
  return value >= 2 ** 63 ? -1 : value;
}

export function scalarCheck(type: string, rules: Rules): CheckValue {
  const own = (rules[type] ?? {}) as Rules;
  if (type === 'string') return checkText(textCheck(own));
  if (type === 'bytes') return checkBytes(own);
  const check = type === 'enum' ? enumCheck(own) : numberCheck(own);
  if (check === undefined) return skip;
  return (reader, tag) => {
    if ((tag & 7) === LENGTH_DELIMITED) return checkPacked(reader.message(tag), check);
    const problem = check(readNumber(reader, tag));
    return problem === undefined ? undefined : { path: '', problem };
  };
}

function skip(reader: WireReader, tag: number): undefined {
  reader.skip(tag);
}

function checkText(check: ReturnType<typeof textCheck>): CheckValue {
  return (reader, tag) => {
    const start = reader.span(tag);
    const problem = check(reader.bytes, start, reader.position);
    return problem === undefined ? undefined : { path: '', problem };
  };
}

function checkBytes({
  min_len: least = 0,
  max_len: most = Infinity,
}: {
  readonly min_len?: number;
  readonly max_len?: number;
}): CheckValue {
  return (reader, tag) => {
    const length = -reader.span(tag) + reader.position;
    return length < least || length > most ? { path: '', problem: `must not have ${length} bytes` } : undefined;
  };
}

function enumCheck({
  values,
  const: only,
  ...rules
}: Rules & { readonly values?: readonly number[]; readonly const?: unknown }): CheckNumber | undefined {
  const others = numberCheck(typeof only === 'number' ? { ...rules, const: only } : rules);
  if (values === undefined) return others;
  const defined = new Set(values);
  return (value) => (defined.has(value) ? others?.(value) : `has no value ${value}`);
}

/** Repeated numbers are packed into one field. */
function checkPacked(reader: WireReader, check: CheckNumber): Rejection | undefined {
  while (!reader.done) {
    const problem = check(signed(reader.varint()));
    if (problem !== undefined) return { path: '', problem };
  }
  return undefined;
}

function readNumber(reader: WireReader, tag: number): number {
  if ((tag & 7) === VARINT) return signed(reader.varint());
  if ((tag & 7) === FIXED64) return reader.double(tag);
  const at = reader.position;
  reader.skip(tag);
  return (tag & 7) === FIXED32 ? reader.bytes.readFloatLE(at) : 0;
}
