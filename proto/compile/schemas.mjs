/**
 * JSON Schemas (draft-07) of whole documents, one per message that describes a kind's fields, and of statuses. Nothing is
 * required in them.
 */
import protobuf from 'protobufjs';
import { closureOf, fullName, typeOf } from './closure.mjs';
import { fieldName, jsonName } from './json-name.mjs';

/** Durations as proto JSON writes them (`1.5s`) and as Go does (`1h30m`, `500ms`). */
const duration = { type: 'string', pattern: '^[-+]?(?:0|(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$' };
const int32 = { type: 'integer', minimum: -2147483648, maximum: 2147483647 };
const uint32 = { type: 'integer', minimum: 0, maximum: 4294967295 };
const int64 = { type: ['integer', 'string'], pattern: '^-?\\d+$' };
const uint64 = { type: ['integer', 'string'], pattern: '^\\d+$', minimum: 0 };

const scalars = {
  bool: { type: 'boolean' },
  string: { type: 'string' },
  bytes: { type: 'string' },
  float: { type: 'number' },
  double: { type: 'number' },
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64,
  sint64: int64,
  sfixed64: int64,
  uint64,
  fixed64: uint64,
};

const wellKnown = {
  'google.protobuf.Any': { type: 'object' },
  'google.protobuf.BoolValue': scalars.bool,
  'google.protobuf.BytesValue': scalars.bytes,
  'google.protobuf.DoubleValue': scalars.double,
  'google.protobuf.Duration': duration,
  'google.protobuf.Empty': { type: 'object', additionalProperties: false },
  'google.protobuf.FloatValue': scalars.float,
  'google.protobuf.Int32Value': int32,
  'google.protobuf.Int64Value': int64,
  'google.protobuf.ListValue': { type: 'array' },
  'google.protobuf.StringValue': scalars.string,
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Timestamp': { type: 'string' },
  'google.protobuf.UInt32Value': uint32,
  'google.protobuf.UInt64Value': uint64,
  'google.protobuf.Value': {},
};

/** By full name of the message. Each schema stands alone. */
export function toSchemas(root, kinds) {
  return Object.fromEntries(kinds.map((kind) => [kind.spec, toSchema(root, kind)]));
}

/** The schemas of the statuses that Lifeboat writes, by full name of the message. */
export function toStatusSchemas(root, kinds) {
  const names = new Set(kinds.flatMap(({ status = [] }) => status));
  return Object.fromEntries(
    [...names].map((name) => {
      const closure = closureOf(root, [name], new Set());
      return [name, { ...reference(closure.get(name)), definitions: definitionsOf(closure, false) }];
    }),
  );
}

function toSchema(root, { kind, spec, body = 'spec', open = false }) {
  const closure = closureOf(root, [spec], new Set());
  const message = closure.get(spec);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: spec,
    title: kind,
    ...describe(message),
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...(body === 'spec' ? { spec: reference(message), status: {} } : propertiesOf(message)),
    },
    additionalProperties: open,
    ...(body === 'spec' ? {} : marksOf(message)),
    definitions: definitionsOf(closure, open, body === 'document' ? spec : undefined),
  };
}

function definitionsOf(closure, open, without) {
  const definitions = [...closure].filter(([name]) => wellKnown[name] === undefined && name !== without);
  return Object.fromEntries(definitions.map(([name, object]) => [name, define(object, open)]));
}

function define(object, open) {
  if (object instanceof protobuf.Enum) return { ...describe(object), type: 'string', enum: Object.keys(object.values) };
  return {
    ...describe(object),
    type: 'object',
    properties: propertiesOf(object),
    additionalProperties: open,
    ...marksOf(object),
  };
}

/**
 * Keywords of our own: `selective` messages, in which no field may be unknown, and `oneofs`, lists of fields of which one
 * may be given.
 */
function marksOf(message) {
  const oneofs = message.oneofsArray
    .map(({ fieldsArray }) => fieldsArray.map(fieldName))
    .filter(({ length }) => length > 1);
  const selective = message.options?.['(lifeboat.selective)'] === true;
  const rules = optionsOf(message, '(lifeboat.rule)').map(({ cel, message: text }) => ({ rule: cel, message: text }));
  return {
    ...(selective && { selective }),
    ...(oneofs.length > 0 && { oneofs }),
    ...(rules.length > 0 && { rules }),
  };
}

/** The values of an option that may be repeated, or may have several parts. */
function optionsOf({ parsedOptions }, name) {
  return (parsedOptions ?? []).flatMap((option) => option[name] ?? []);
}

function propertiesOf(message) {
  return Object.fromEntries(
    message.fieldsArray.map((field) => [
      fieldName(field),
      { ...describe(field), ...fieldSchema(field), ...scopeOf(field), ...noEffectOf(field), ...admissionOf(field) },
    ]),
  );
}

/** Keywords of our own: `scope` fields narrow what a resource is about; without one that `selects` it is about everything. */
function scopeOf({ options }) {
  const selects = options?.['(lifeboat.selects)'] === true;
  return { ...((selects || options?.['(lifeboat.scope)'] === true) && { scope: true }), ...(selects && { selects }) };
}

/** A keyword of our own: the sentence that a value in a field without effect is answered with. */
function noEffectOf({ options }) {
  const noEffect = options?.['(lifeboat.no_effect)'];
  return noEffect === undefined ? {} : { noEffect };
}

/** A keyword of our own: the keywords that an API server checks in addition. `check` has its own sentences for them. */
function admissionOf(field) {
  const [admission] = optionsOf(field, '(lifeboat.admission)');
  if (admission === undefined) return {};
  return { admission: Object.fromEntries(Object.entries(admission).map(([key, value]) => [jsonName(key), value])) };
}

function fieldSchema(field) {
  const single = singleSchema(field);
  if (field.map) return { type: 'object', additionalProperties: single };
  return field.repeated ? { type: 'array', items: single } : single;
}

function singleSchema(field) {
  if (field.options?.['(lifeboat.int_or_string)'] === true) return { type: ['string', 'integer'] };
  const type = typeOf(field);
  if (type === undefined) return scalars[field.type];
  return wellKnown[fullName(type)] ?? reference(type);
}

function reference(type) {
  return { $ref: `#/definitions/${fullName(type)}` };
}

function describe({ comment }) {
  return comment ? { description: inOneLine(comment) } : {};
}

/** What stands in a line of its own becomes a sentence of its own. */
function inOneLine(comment) {
  return comment.replace(/([^.])\n(?=(?:Default|Envoy): )/g, '$1. ').replace(/\s+/g, ' ');
}
