/** Which messages, enums and services are needed, given the names of a few. */
import protobuf from 'protobufjs';

/**
 * The named objects and everything that their fields and methods refer to, by full name without the leading dot, in
 * the order of the list. A field whose type is excluded is taken out of its message.
 */
export function closureOf(root, names, excluded) {
  const objects = new Map();
  const waiting = names.map((name) => find(root, name, name));
  for (let object = waiting.shift(); object !== undefined; object = waiting.shift()) {
    const name = fullName(object);
    if (objects.has(name)) continue;
    objects.set(name, object);
    if (object instanceof protobuf.Type) waiting.push(...fieldTypes(object, excluded));
    if (object instanceof protobuf.Service) waiting.push(...methodTypes(object));
  }
  return objects;
}

/** Full names of all messages that are not within others, sorted. */
export function messagesIn(root) {
  const names = [];
  const visit = (namespace) => {
    for (const object of namespace.nestedArray) {
      if (object instanceof protobuf.Type) names.push(fullName(object));
      else if (object instanceof protobuf.Namespace) visit(object);
    }
  };
  visit(root);
  return names.sort();
}

/** The full name without the leading dot. */
export function fullName(object) {
  return object.fullName.slice(1);
}

/** The message or enum that a field refers to, `undefined` for a scalar. */
export function typeOf(field) {
  return protobuf.types.basic[field.type] === undefined ? find(field.parent, field.type, field.fullName) : undefined;
}

function fieldTypes(type, excluded) {
  const types = [];
  for (const field of [...type.fieldsArray]) {
    // What is left out may be nowhere.
    if (excluded.has(field.type)) {
      type.remove(field);
      continue;
    }
    const referred = typeOf(field);
    if (referred === undefined) continue;
    if (excluded.has(fullName(referred))) type.remove(field);
    else types.push(referred);
  }
  return types;
}

function methodTypes(service) {
  return service.methodsArray.flatMap(({ requestType, responseType, fullName: method }) =>
    [requestType, responseType].map((name) => find(service, name, method)),
  );
}

function find(scope, name, user) {
  const object = scope.lookup(name, [protobuf.Type, protobuf.Enum, protobuf.Service]);
  if (object === null) throw new Error(`${user}: no message, enum or service ${name} in the .proto files`);
  return object;
}
