/** Merges messages that we declare into those of the same name that Envoy's older .proto files declare. */
import protobuf from 'protobufjs';

/**
 * Adds every message, and every field of messages that are already there. A field that is there already is our
 * mistake.
 */
export function addTo(root, additions) {
  for (const object of [...additions.nestedArray]) merge(root, object);
}

function merge(parent, object) {
  const existing = parent.get(object.name);
  if (existing === null) {
    object.parent.remove(object);
    parent.add(object);
  } else if (object instanceof protobuf.Type) {
    for (const field of [...object.fieldsArray]) addField(existing, field);
  } else {
    for (const nested of [...object.nestedArray]) merge(existing, nested);
  }
}

function addField(type, field) {
  if (type.get(field.name) !== null)
    throw new Error(`${type.fullName} has a field ${field.name} already; take it out of the additions`);
  field.parent.remove(field);
  type.add(field);
}
