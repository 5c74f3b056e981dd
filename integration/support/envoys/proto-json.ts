/**
 * Converts Envoy's dumps, which use the field names of the .proto files, to canonical proto JSON.
 * https://protobuf.dev/programming-guides/json/
 */

/** The same value with `consecutive_5xx` as `consecutive5xx`. Names with dots are keys of maps and stay. */
export function canonicalNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalNames);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [canonicalName(name), canonicalNames(field)]));
}

function canonicalName(name: string): string {
  return name.includes('.') ? name : name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
