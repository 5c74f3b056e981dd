/**
 * The `validate.rules` in Envoy's .proto files as one table, so that a message can be checked without them.
 * https://github.com/bufbuild/protoc-gen-validate
 */
import protobuf from 'protobufjs';
import { fullName, typeOf } from './closure.mjs';
import { fieldName } from './json-name.mjs';

/** By full name of the message: its fields by number, and the oneofs of which one must be set. */
export function toRules(closure) {
  const messages = [...closure].filter(([, object]) => object instanceof protobuf.Type);
  return Object.fromEntries(
    messages.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => [name, describe(type)]),
  );
}

function describe(type) {
  const fields = Object.fromEntries(type.fieldsArray.map((field) => [field.id, describeField(field)]));
  const required = type.oneofsArray.filter(isRequired).map(({ fieldsArray }) => fieldsArray.map(({ id }) => id));
  return { fields, ...(required.length > 0 && { required }) };
}

function describeField(field) {
  const type = typeOf(field);
  const rules = rulesOf(field);
  return {
    name: fieldName(field),
    type: type === undefined ? field.type : type instanceof protobuf.Enum ? 'enum' : fullName(type),
    ...(field.repeated && { repeated: true }),
    ...(field.map && { key: field.keyType }),
    ...(isOptional(field) && { optional: true }),
    ...(rules !== undefined && { rules: withValues(rules, type) }),
  };
}

/** Whether the field may be absent although it has no message: one of a oneof, or marked so. */
function isOptional(field) {
  return field.partOf !== null;
}

function isRequired({ parsedOptions, options }) {
  return (
    options?.['(validate.required)'] === true ||
    (parsedOptions ?? []).some((option) => option['(validate.required)'] === true)
  );
}

/** An option may stand several times, each time with a part of the rules. */
function rulesOf({ parsedOptions }) {
  const parts = (parsedOptions ?? []).flatMap((option) => option['(validate.rules)'] ?? []);
  return parts.length === 0 ? undefined : parts.reduce(merge, {});
}

function merge(into, from) {
  const merged = { ...into };
  for (const [name, value] of Object.entries(from)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    merged[name] = isObject && typeof merged[name] === 'object' ? merge(merged[name], value) : value;
  }
  return merged;
}

/** `defined_only` with the numbers that are defined. */
function withValues(rules, type) {
  if (!(type instanceof protobuf.Enum)) return rules;
  const values = [...new Set(Object.values(type.values))].sort((a, b) => a - b);
  const fill = (each) => (each.enum?.defined_only ? { ...each, enum: { ...each.enum, values } } : each);
  return rules.repeated?.items
    ? { ...rules, repeated: { ...rules.repeated, items: fill(rules.repeated.items) } }
    : fill(rules);
}
