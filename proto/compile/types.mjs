/** TypeScript interfaces in the shape of proto JSON. */
import protobuf from 'protobufjs';
import { fullName, typeOf } from './closure.mjs';
import { fieldName } from './json-name.mjs';
import { typeNames } from './names.mjs';
import { scalarType, wellKnownType } from './proto-json.mjs';

const shared = `/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** Any JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A message with its type, as \`google.protobuf.Any\` is written in JSON. */
export interface Any {
  readonly '@type': string;
  readonly [name: string]: unknown;
}
`;

/** A module with one type per message and enum, and an index of the top-level messages by full name. */
export function typesModule(closure, { origin, index, comments, preferred, suffixes }) {
  const names = typeNames(closure, { preferred, suffixes });
  const objects = [...closure.values()].filter(isDeclared).sort(byName(names));
  const types = objects.map((object) => declare(object, names, comments));
  return [`// Made from ${origin}. Do not edit.\n`, shared, ...types, indexOf(index, objects, names)].join('\n');
}

function isDeclared(object) {
  return !(object instanceof protobuf.Service) && wellKnownType(fullName(object)) === undefined;
}

function byName(names) {
  return (a, b) => (names.get(fullName(a)) < names.get(fullName(b)) ? -1 : 1);
}

function indexOf(name, objects, names) {
  const messages = objects
    .filter((object) => object instanceof protobuf.Type)
    .map(fullName)
    .sort();
  const lines = messages.map((message) => `  readonly '${message}': ${names.get(message)};`);
  return `/** Type of each message by its full name. */\nexport interface ${name} {\n${lines.join('\n')}\n}\n`;
}

function declare(object, names, comments) {
  const name = names.get(fullName(object));
  const head = comment(object.comment, '', comments);
  if (object instanceof protobuf.Enum) return `${head}export type ${name} = ${enumType(object)};\n`;
  const fields = object.fieldsArray.map((field) => declareField(field, names, comments)).join('');
  return fields === ''
    ? `${head}export type ${name} = Readonly<Record<string, never>>;\n`
    : `${head}export interface ${name} {\n${fields}}\n`;
}

function declareField(field, names, comments) {
  const name = fieldName(field);
  const quoted = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
  return `${comment(field.comment, '  ', comments)}  readonly ${quoted}?: ${fieldType(field, names)};\n`;
}

function fieldType(field, names) {
  const type = typeOf(field);
  const single =
    type === undefined ? scalarFieldType(field) : (wellKnownType(fullName(type)) ?? names.get(fullName(type)));
  if (field.map) return `Readonly<Record<string, ${single}>>`;
  if (!field.repeated) return single;
  return single.includes(' ') ? `readonly (${single})[]` : `readonly ${single}[]`;
}

function scalarFieldType({ options, type }) {
  return options?.['(lifeboat.int_or_string)'] === true ? 'string | number' : scalarType(type);
}

function enumType({ values }) {
  return Object.keys(values)
    .map((name) => `'${name}'`)
    .join(' | ');
}

function comment(text, indent, wanted) {
  if (!wanted || !text) return '';
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
