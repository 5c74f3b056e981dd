/**
 * The .proto files as `google.protobuf.FileDescriptorProto`, for clients that ask a server for them. Options, comments and
 * reserved names are left out, and so are imports that only brought those.
 * https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
 */
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { fullName, typeOf } from './closure.mjs';
import { fieldName, jsonName } from './json-name.mjs';

const REPEATED = 3;
const OPTIONAL = 1;
const MESSAGE = 11;
const ENUM = 14;
const SCALARS = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};

/**
 * The files that declare the named objects, and those that they need, in the order of their names: of each the files that
 * it needs itself, the full names of what it declares, and its descriptor in base64.
 */
export function fileDescriptors(root, names) {
  const declared = declarationsByFile(root);
  const files = new Map();
  const waiting = names.map((name) => fileOf(root.lookup(name)));
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (files.has(file)) continue;
    const described = describeFile(file, declared.get(file));
    files.set(file, described);
    waiting.push(...described.dependencies);
  }
  return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What stands at the top of each file. */
function declarationsByFile(root) {
  const declared = new Map();
  const visit = (namespace) => {
    for (const object of namespace.nestedArray) {
      if (!isDeclaration(object)) visit(object);
      else declared.set(fileOf(object), [...(declared.get(fileOf(object)) ?? []), object]);
    }
  };
  visit(root);
  return declared;
}

function isDeclaration(object) {
  return object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service;
}

/** The library brings the files of `google.protobuf` itself and does not say which. */
function fileOf(object) {
  let outermost = object;
  while (outermost.parent instanceof protobuf.Type) outermost = outermost.parent;
  return outermost.filename ?? wellKnownFile(outermost.name);
}

function wellKnownFile(name) {
  const files = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'];
  const found = files.find(
    (file) => name in protobuf.common.get(`google/protobuf/${file}.proto`).nested.google.nested.protobuf.nested,
  );
  if (found === undefined) throw new Error(`${name} is in no file`);
  return `google/protobuf/${found}.proto`;
}

function describeFile(name, objects) {
  const dependencies = dependenciesOf(name, objects);
  const message = descriptor.FileDescriptorProto.create({
    name,
    package: fullName(objects[0].parent),
    dependency: dependencies,
    messageType: ofClass(objects, protobuf.Type).map(describeMessage),
    enumType: ofClass(objects, protobuf.Enum).map(describeEnum),
    service: ofClass(objects, protobuf.Service).map(describeService),
    syntax: 'proto3',
  });
  const bytes = Buffer.from(descriptor.FileDescriptorProto.encode(message).finish());
  return { name, dependencies, symbols: objects.flatMap(symbolsOf).sort(), bytes: bytes.toString('base64') };
}

function ofClass(objects, kind) {
  return objects.filter((object) => object instanceof kind);
}

function dependenciesOf(name, objects) {
  const files = new Set(objects.flatMap(referencesOf).map(fileOf));
  files.delete(name);
  return [...files].sort();
}

function referencesOf(object) {
  if (object instanceof protobuf.Service) return object.methodsArray.flatMap((method) => methodTypes(object, method));
  if (!(object instanceof protobuf.Type)) return [];
  const fields = object.fieldsArray.flatMap((field) => typeOf(field) ?? []);
  return [...fields, ...object.nestedArray.flatMap(referencesOf)];
}

function methodTypes(service, { requestType, responseType }) {
  return [requestType, responseType].map((name) => service.lookupType(name));
}

/** The full names that a client may ask for: messages, enums, services and methods. */
function symbolsOf(object) {
  if (object instanceof protobuf.Service) return [object, ...object.methodsArray].map(fullName);
  return [fullName(object), ...(object instanceof protobuf.Type ? object.nestedArray.flatMap(symbolsOf) : [])];
}

function describeMessage(type) {
  const oneofs = oneofsInOrder(type);
  return {
    name: type.name,
    field: type.fieldsArray.map((field) => describeField(field, oneofs)),
    nestedType: [...ofClass(type.nestedArray, protobuf.Type).map(describeMessage), ...mapsOf(type).map(describeEntry)],
    enumType: ofClass(type.nestedArray, protobuf.Enum).map(describeEnum),
    oneofDecl: oneofs.map(({ name }) => ({ name: protoName(type, name) })),
  };
}

/** The oneofs that stand for an optional field come last. */
function oneofsInOrder(type) {
  const synthetic = ({ fieldsArray }) => fieldsArray.some((field) => isOptional(field));
  return [...type.oneofsArray.filter((oneof) => !synthetic(oneof)), ...type.oneofsArray.filter(synthetic)];
}

function isOptional(field) {
  return field.options?.proto3_optional === true;
}

function mapsOf(type) {
  return type.fieldsArray.filter(({ map }) => map);
}

function describeField(field, oneofs) {
  const name = protoName(field.parent, field.name);
  return {
    name,
    number: field.id,
    label: field.repeated || field.map ? REPEATED : OPTIONAL,
    ...(field.map ? { type: MESSAGE, typeName: `${field.parent.fullName}.${entryName(field)}` } : describeType(field)),
    jsonName: fieldName(field),
    ...(field.partOf !== null && { oneofIndex: oneofs.indexOf(field.partOf) }),
    ...(isOptional(field) && { proto3Optional: true }),
  };
}

function describeType(field) {
  const type = typeOf(field);
  if (type === undefined) return { type: SCALARS[field.type] };
  return { type: type instanceof protobuf.Enum ? ENUM : MESSAGE, typeName: type.fullName };
}

/** A map is a list of entries: https://protobuf.dev/programming-guides/proto3/#backwards */
function describeEntry(field) {
  return {
    name: entryName(field),
    field: [
      { name: 'key', number: 1, label: OPTIONAL, type: SCALARS[field.keyType], jsonName: 'key' },
      { name: 'value', number: 2, label: OPTIONAL, ...describeType(field), jsonName: 'value' },
    ],
    options: { mapEntry: true },
  };
}

function entryName(field) {
  const name = jsonName(`_${protoName(field.parent, field.name)}`);
  return `${name}Entry`;
}

/** The library has the fields of `google.protobuf` by their names in JSON. */
function protoName(type, name) {
  if (!type.fullName.startsWith('.google.protobuf.')) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function describeEnum({ name, values }) {
  const numbers = Object.values(values);
  const aliased = new Set(numbers).size < numbers.length;
  return {
    name,
    value: Object.entries(values).map(([value, number]) => ({ name: value, number })),
    ...(aliased && { options: { allowAlias: true } }),
  };
}

function describeService(service) {
  return { name: service.name, method: service.methodsArray.map((method) => describeMethod(service, method)) };
}

function describeMethod(service, method) {
  const [inputType, outputType] = methodTypes(service, method).map((type) => type.fullName);
  const { name, requestStream = false, responseStream = false } = method;
  return { name, inputType, outputType, clientStreaming: requestStream, serverStreaming: responseStream };
}
