/** Compiles the rules of a message into checks of its fields. */
import type { FieldRules, MessageRules } from './message-rules.js';
import type { CodeCheck } from './message-parts.js';
import { type CheckValue, isScalar } from './value-checks.js';
import { type CheckNumber, type Rules, numberCheck, textCheck } from './value-rules.js';

export interface FieldCheck {
  readonly id: number;
  readonly name: string;
  readonly isList: boolean;
  readonly check: CheckValue;
  /** The bit that records its presence; 0 if no check depends on it. */
  readonly bit: number;
  /** The error if it is absent. */
  readonly absent?: string;
  readonly count?: CheckNumber;
}

export interface MessageCheck {
  readonly fields: ReadonlyMap<number, FieldCheck>;
  /** Fields that are checked again at the end of the message. */
  readonly watched: readonly FieldCheck[];
  /** Bit masks of the required oneofs. */
  readonly required: readonly number[];
  readonly code: CodeCheck | undefined;
}

export type ValueCheckOf = (type: string, rules: Rules) => CheckValue;

/** The bits of a mask. No message of Envoy needs more. */
const MAX_BITS = 31;

export function toMessageCheck(
  name: string,
  { fields, required = [] }: MessageRules,
  valueCheckOf: ValueCheckOf,
): Omit<MessageCheck, 'code'> {
  const inOneof = new Set(required.flat());
  let bits = 0;
  const checks = Object.entries(fields).map(([id, field]): FieldCheck => {
    const absent = problemOfAbsence(field);
    const watched = absent !== undefined || inOneof.has(Number(id));
    if (watched && ++bits > MAX_BITS) throw new Error(`${name} has too many fields that must be there`);
    const count = countCheck(field);
    return {
      ...{ id: Number(id), name: field.name, isList: field.repeated === true, bit: watched ? 1 << (bits - 1) : 0 },
      check: fieldCheck(field, valueCheckOf),
      ...(absent !== undefined && { absent }),
      ...(count && { count }),
    };
  });
  const bitOf = new Map(checks.map(({ id, bit }) => [id, bit]));
  return {
    fields: new Map(checks.map((check) => [check.id, check])),
    watched: checks.filter(({ absent, count }) => absent !== undefined || count),
    required: required.map((ids) => ids.reduce((mask, id) => mask | (bitOf.get(id) ?? 0), 0)),
  };
}

function fieldCheck({ type, key, repeated = false, rules = {} }: FieldRules, valueCheckOf: ValueCheckOf): CheckValue {
  if (key !== undefined) {
    const { keys = {}, values = {} } = (rules['map'] ?? {}) as { readonly keys?: Rules; readonly values?: Rules };
    return checkEntry(valueCheckOf(key, keys), valueCheckOf(type, values));
  }
  if (!repeated) return valueCheckOf(type, rules);
  const { items = {} } = (rules['repeated'] ?? {}) as { readonly items?: Rules };
  return valueCheckOf(type, items);
}

function checkEntry(key: CheckValue, value: CheckValue): CheckValue {
  return (reader, tag) => {
    const entry = reader.message(tag);
    while (!entry.done) {
      const inner = entry.tag();
      if (inner >>> 3 > 2) {
        entry.skip(inner);
        continue;
      }
      const rejection = (inner >>> 3 === 1 ? key : value)(entry, inner);
      if (rejection !== undefined) return rejection;
    }
    return undefined;
  };
}

function problemOfAbsence({ type, repeated, key, optional = false, rules = {} }: FieldRules): string | undefined {
  const { min_items: leastItems = 0 } = (rules['repeated'] ?? {}) as { readonly min_items?: number };
  const { min_pairs: leastPairs = 0 } = (rules['map'] ?? {}) as { readonly min_pairs?: number };
  if (repeated || key !== undefined) return leastItems + leastPairs > 0 ? 'must not be empty' : undefined;
  if (optional) return undefined;
  const isRequired = (['message', 'any', 'duration', 'timestamp'] as const).some(
    (kind) => (rules[kind] as Rules | undefined)?.['required'] === true,
  );
  if (isRequired) return 'is missing';
  if (type !== 'enum' && !isScalar(type)) return undefined;
  if (type === 'string' || type === 'bytes') return textCheck((rules[type] ?? {}) as Rules)(Buffer.alloc(0), 0, 0);
  return numberCheck((rules[type] ?? {}) as Rules)?.(0);
}

function countCheck({ rules = {} }: FieldRules): CheckNumber | undefined {
  const { min_items: least, max_items: most } = (rules['repeated'] ?? {}) as {
    readonly min_items?: number;
    readonly max_items?: number;
  };
  return numberCheck({
    ...(least !== undefined && least > 1 && { gte: least }),
    ...(most !== undefined && { lte: most }),
  });
}
