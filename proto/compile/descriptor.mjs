/** Descriptors as protobufjs loads them, with field names as in proto JSON, without options and comments. */
import protobuf from 'protobufjs';
import { fullName, typeOf } from './closure.mjs';
import { fieldName, jsonName } from './json-name.mjs';

/** A tree of packages. A message that is not needed but holds one that is becomes a package. */
export function toDescriptor(closure) {
  const tree = {};
  for (const name of [...closure.keys()].sort()) {
    const path = name.split('.');
    const last = path.pop();
    const parent = path.reduce((node, step) => ((node.nested ??= {})[step] ??= {}), tree);
    const nested = (parent.nested ??= {});
    nested[last] = { ...nested[last], ...describe(closure.get(name)) };
  }
  return tree;
}

function describe(object) {
  if (object instanceof protobuf.Enum) return describeEnum(object);
  return object instanceof protobuf.Service ? describeService(object) : describeMessage(object);
}

function describeEnum({ values }) {
  const aliased = new Set(Object.values(values)).size < Object.keys(values).length;
  return { ...(aliased && { options: { allow_alias: true } }), values };
}

function describeService(service) {
  const methods = service.methodsArray.map(({ name, requestType, responseType, requestStream, responseStream }) => [
    name,
    {
      requestType: reference(service, requestType),
      responseType: reference(service, responseType),
      ...(requestStream && { requestStream }),
      ...(responseStream && { responseStream }),
    },
  ]);
  return { methods: Object.fromEntries(methods) };
}

function describeMessage(type) {
  const fields = type.fieldsArray.map((field) => [localName(field), describeField(field)]);
  const oneofs = type.oneofsArray.map((oneof) => [oneofName(oneof), { oneof: oneof.fieldsArray.map(localName) }]);
  return { ...(oneofs.length > 0 && { oneofs: Object.fromEntries(oneofs) }), fields: Object.fromEntries(fields) };
}

function describeField(field) {
  const type = typeOf(field);
  const { proto3_optional: optional, '(lifeboat.no_effect)': noEffect } = field.options ?? {};
  return {
    ...(field.repeated && { rule: 'repeated' }),
    ...(field.map && { keyType: field.keyType }),
    type: type === undefined ? field.type : `.${fullName(type)}`,
    id: field.id,
    ...(optional && { options: { proto3_optional: true } }),
    ...(noEffect !== undefined && { options: { no_effect: noEffect } }),
  };
}

/** The library that converts to JSON reaches into `google.protobuf.Any` and its like by their own names. */
function localName(field) {
  return field.parent.fullName.startsWith('.google.protobuf.') ? jsonNameOfWellKnown(field.name) : fieldName(field);
}

function jsonNameOfWellKnown(name) {
  return name === 'type_url' ? name : jsonName(name);
}

/** The oneof of an optional field is named after it. */
function oneofName({ name }) {
  return name.startsWith('_') ? `_${jsonName(name.slice(1))}` : jsonName(name);
}

function reference(scope, name) {
  return `.${fullName(scope.lookup(name, [protobuf.Type]))}`;
}
