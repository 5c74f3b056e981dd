/**
 * Encodes JSON, as users and Envoy's `config_dump` write it, to protobuf. Accepts field names in camelCase and snake_case, any compiled
 * message in an `Any`, and durations and wrapped values as objects. Errors contain the path of the invalid field.
 */
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import { anyEnvoyType } from './envoy-types.js';
import { finishMessage } from './finish-message.js';
import { type JsonMessage, isObject } from './json-object.js';
import { sortKeys } from './sort-keys.js';

export interface EncodedJson {
  readonly bytes: Buffer;
  /** The message with canonical field names. */
  readonly json: JsonMessage;
}

/**
 * @param name the full name of the message.
 * @throws Error if the message is invalid. The error message begins with the path of the field.
 */
export function encodeAnyJson(name: string, message: unknown): EncodedJson {
  const type = typeOf(name, '');
  const { '@type': own, ...fields } = objectAt(message, '') as JsonMessage & { readonly '@type'?: unknown };
  if (own !== undefined && nameIn(own) !== name)
    throw problem('@type', `is ${JSON.stringify(own)}, where ${name} is expected`);
  const json = sortKeys(canonical(type, fields, '')) as JsonMessage;
  try {
    return { bytes: finishMessage(type.encode(protojson.fromJson(type, json))), json };
  } catch (error) {
    throw locate(type, json, '') ?? error;
  }
}

function problem(path: string, words: string): Error {
  return new Error(path === '' ? words : `${path}: ${words}`);
}

function typeOf(name: string, path: string): protobuf.Type {
  const type = anyEnvoyType(name);
  if (type === undefined) throw problem(path, `no message ${name} is known`);
  return type;
}

function nameIn(typeUrl: unknown): string {
  const text = typeof typeUrl === 'string' ? typeUrl : '';
  return text.slice(text.lastIndexOf('/') + 1);
}

function objectAt(value: unknown, path: string): JsonMessage {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonMessage;
  throw problem(path, `must be an object, is ${JSON.stringify(value)}`);
}

function join(path: string, step: string): string {
  return path === '' ? step : `${path}.${step}`;
}

/** Converts all field names, including those of nested messages, to the names of proto JSON. */
function canonical(type: protobuf.Type, fields: JsonMessage, path: string): JsonMessage {
  const entries = Object.entries(fields).map(([key, value]): readonly [string, unknown] => {
    const field = fieldOf(type, key);
    if (field === undefined) throw problem(join(path, key), `${type.name} has no such field`);
    return [field.name, canonicalField(field, value, join(path, field.name))];
  });
  const given = new Set<string>();
  for (const [name] of entries) {
    if (given.has(name)) throw problem(join(path, name), 'is there twice, under both of its names');
    given.add(name);
  }
  return Object.fromEntries(entries);
}

function fieldOf(type: protobuf.Type, key: string): protobuf.Field | undefined {
  return type.fields[key] ?? type.fields[key.replaceAll(/_+(.?)/g, (_, next: string) => next.toUpperCase())];
}

function canonicalField(field: protobuf.Field, value: unknown, path: string): unknown {
  const { resolvedType } = field.resolve();
  if (value === null || !(resolvedType instanceof protobuf.Type)) return value;
  if (field.map) {
    const entries = Object.entries(objectAt(value, path)).map(([key, item]) => [
      key,
      canonicalValue(resolvedType, item, `${path}[${JSON.stringify(key)}]`),
    ]);
    return Object.fromEntries(entries);
  }
  if (!field.repeated) return canonicalValue(resolvedType, value, path);
  if (!Array.isArray(value)) throw problem(path, `must be a list, is ${JSON.stringify(value).slice(0, 80)}`);
  return value.map((item: unknown, i) => canonicalValue(resolvedType, item, `${path}[${i}]`));
}

const AS_THEY_ARE: ReadonlySet<string> = new Set(
  ['Struct', 'Value', 'ListValue', 'Timestamp', 'FieldMask', 'Empty'].map((name) => `.google.protobuf.${name}`),
);

function canonicalValue(type: protobuf.Type, value: unknown, path: string): unknown {
  const { fullName } = type;
  if (AS_THEY_ARE.has(fullName)) return value;
  if (fullName === '.google.protobuf.Any') return canonicalAny(value, path);
  if (fullName === '.google.protobuf.Duration') return isObject(value) ? toDurationText(value) : value;
  if (isWellKnown(fullName)) return isObject(value) ? value['value'] : value;
  return canonical(type, objectAt(value, path), path);
}

/** In an `Any`, the JSON of a well-known type is in the field `value`. */
function canonicalAny(value: unknown, path: string): unknown {
  const { '@type': url, ...fields } = objectAt(value, path) as JsonMessage & { readonly '@type'?: unknown };
  if (url === undefined) throw problem(path, 'has no @type');
  const type = typeOf(nameIn(url), `${path}.@type`);
  if (isWellKnown(type.fullName)) return value;
  return { '@type': url, ...canonical(type, fields, path) };
}

function isWellKnown(fullName: string): boolean {
  return fullName.startsWith('.google.protobuf.');
}

/** Converts a duration as some libraries print it: `{ seconds: 1, nanos: 500000000 }`. */
function toDurationText({ seconds = 0, nanos = 0 }: JsonMessage): string {
  const fraction = String(Number(nanos)).padStart(9, '0').replace(/0+$/, '');
  return `${Number(seconds)}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** The error of the most deeply nested field that cannot be encoded. */
function locate(type: protobuf.Type, json: JsonMessage, path: string): Error | undefined {
  for (const [key, value] of Object.entries(json)) {
    const field = type.fields[key];
    const message = field && failure(type, { [key]: value });
    if (field === undefined || message === undefined) continue;
    return locateIn(field, value, join(path, key)) ?? problem(join(path, key), message);
  }
  return undefined;
}

function locateIn(field: protobuf.Field, value: unknown, path: string): Error | undefined {
  const { resolvedType } = field.resolve();
  if (!(resolvedType instanceof protobuf.Type)) return undefined;
  const items: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, i) => [`${path}[${i}]`, item])
    : field.map && isObject(value)
      ? Object.entries(value).map(([key, item]) => [`${path}[${JSON.stringify(key)}]`, item])
      : [[path, value]];
  for (const [at, item] of items) {
    const found = isObject(item) ? locateInMessage(resolvedType, item, at) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function locateInMessage(type: protobuf.Type, item: JsonMessage, path: string): Error | undefined {
  if (type.fullName !== '.google.protobuf.Any')
    return isWellKnown(type.fullName) ? undefined : locate(type, item, path);
  const { '@type': url, ...fields } = item;
  const packed = anyEnvoyType(nameIn(url));
  return packed === undefined || isWellKnown(packed.fullName) ? undefined : locate(packed, fields, path);
}

/** The error message of the library, without the name of the field. `undefined` if the message can be encoded. */
function failure(type: protobuf.Type, json: JsonMessage): string | undefined {
  try {
    protojson.fromJson(type, json);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\.?[\w.]+: /, '') : String(error);
  }
}
