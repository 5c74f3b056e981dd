/**
 * Checks a message in its encoded bytes, without decoding it. The rules of a message are compiled on first use.
 */
import { WireReader } from '../proto/wire-reader.js';
import { createCodeChecks } from './code-checks.js';
import { type FieldCheck, type MessageCheck, toMessageCheck } from './field-checks.js';
import { rulesOf } from './message-rules.js';
import type { Rejection } from './rejection.js';
import { type CheckValue, checkDurationValue, checkWrapper, isScalar, scalarCheck, wrappers } from './value-checks.js';
import { type Rules, textCheck } from './value-rules.js';

/** Compiles rules and caches them. A process needs only one. */
export class MessageChecker {
  readonly #known = new Map<string, MessageCheck | undefined>();
  readonly #codeChecks = createCodeChecks();

  /** `undefined` for a valid message, and for one whose rules are not compiled. Throws a WireError for malformed bytes. */
  rejectionOf(name: string, bytes: Uint8Array): Rejection | undefined {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.#check(name, new WireReader(buffer));
  }

  #check(name: string, reader: WireReader): Rejection | undefined {
    const check = this.#known.has(name) ? this.#known.get(name) : this.#compile(name);
    if (check === undefined) return undefined;
    const start = reader.position;
    let seen = 0;
    while (!reader.done) {
      const at = reader.position;
      const tag = reader.tag();
      const field = check.fields.get(tag >>> 3);
      if (field === undefined) {
        reader.skip(tag);
        continue;
      }
      seen |= field.bit;
      const rejection = field.check(reader, tag);
      if (rejection !== undefined) return within(field, reader.bytes, start, at, rejection);
    }
    return (
      missing(check, seen) ?? counted(check, reader, start) ?? check.code?.(reader.bytes.subarray(start, reader.end))
    );
  }

  #compile(name: string): MessageCheck | undefined {
    const rules = rulesOf(name);
    const fields = rules && toMessageCheck(name, rules, (type, field) => this.#valueCheck(type, field));
    const check = fields && { ...fields, code: this.#codeChecks[name] };
    this.#known.set(name, check);
    return check;
  }

  #valueCheck(type: string, rules: Rules): CheckValue {
    const wrapped = wrappers[type];
    if (type === 'google.protobuf.Duration') return checkDurationValue(rules);
    if (type === 'google.protobuf.Any') return this.#checkAny(rules['any'] as Rules | undefined);
    if (wrapped !== undefined) return checkWrapper(scalarCheck(wrapped, rules));
    if (type === 'enum' || isScalar(type)) return scalarCheck(type, rules);
    return (reader, tag) => this.#check(type, reader.message(tag));
  }

  /** A packed message is checked by its own rules. */
  #checkAny(rules: Rules = {}): CheckValue {
    const url = textCheck({ ...rules });
    return (reader, tag) => {
      const any = reader.message(tag);
      let [name, value]: [string, WireReader | undefined] = ['', undefined];
      while (!any.done) {
        const inner = any.tag();
        if (inner >>> 3 === 1) name = any.string(inner);
        else if (inner >>> 3 === 2) value = any.message(inner);
        else any.skip(inner);
      }
      const bytes = Buffer.from(name);
      const problem = url(bytes, 0, bytes.length);
      if (problem !== undefined) return { path: '@type', problem };
      return this.#check(name.slice(name.lastIndexOf('/') + 1), value ?? new WireReader(Buffer.alloc(0)));
    };
  }
}

function missing({ watched, required }: MessageCheck, seen: number): Rejection | undefined {
  for (const mask of required)
    if ((seen & mask) === 0) return { path: '', problem: 'has none of the fields of which it must have one' };
  for (const { name, absent, bit } of watched)
    if (absent !== undefined && (seen & bit) === 0) return { path: name, problem: absent };
  return undefined;
}

function counted({ watched }: MessageCheck, { bytes, end }: WireReader, start: number): Rejection | undefined {
  for (const { id, name, count } of watched) {
    const problem = count?.(occurrences(bytes, start, end, id));
    if (problem !== undefined) return { path: name, problem: `number of items ${problem}` };
  }
  return undefined;
}

function occurrences(bytes: Buffer, start: number, end: number, id: number): number {
  const reader = new WireReader(bytes, start, end);
  let count = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag >>> 3 === id) count += 1;
    reader.skip(tag);
  }
  return count;
}

function within(
  { id, name, isList }: FieldCheck,
  bytes: Buffer,
  start: number,
  at: number,
  { path, problem }: Rejection,
): Rejection {
  const own = isList ? `${name}[${occurrences(bytes, start, at, id)}]` : name;
  return { path: path === '' ? own : `${own}.${path}`, problem };
}
