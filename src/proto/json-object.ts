/** An object of proto JSON. */
export type JsonMessage = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonMessage {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
