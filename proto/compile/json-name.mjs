/**
 * The name of a field in proto JSON: `consecutive_5xx` becomes `consecutive5xx`.
 * https://protobuf.dev/programming-guides/json/
 */
export function jsonName(name) {
  return name.replace(/_+(.?)/g, (_, next) => next.toUpperCase());
}

/** The name of a field in proto JSON, a `json_name` option included. */
export function fieldName(field) {
  return field.options?.json_name ?? jsonName(field.name);
}
