/** Finds where else in a kind an unknown field exists. A field with the wrong indentation is valid at another level of the document. */
import { type DocumentSchema, type Schema, resolveSchema } from './decode-schema.js';
import { formatPath } from './diagnostic.js';
import type { FieldPath } from './resource.js';

/** Maps the name of a field to the paths of the messages that have it, such as `spec.kubeService.endpointSubsets[]`. */
export type FieldPlaces = ReadonlyMap<string, readonly string[]>;

/** Bounds the recursion. No message of the API is nested deeper. */
const MAX_DEPTH = 12;

/** A field name that exists in more places is too common to suggest one of them. */
const MAX_PLACES = 4;

export function placesOf(schema: DocumentSchema): FieldPlaces {
  const places = new Map<string, string[]>();
  collect(schema, schema, '', 0, places);
  return places;
}

function collect(
  document: DocumentSchema,
  reference: Schema,
  at: string,
  depth: number,
  places: Map<string, string[]>,
): void {
  const { properties, items, additionalProperties: values } = resolveSchema(document, reference);
  if (depth > MAX_DEPTH) return;
  if (items !== undefined) collect(document, items, `${at}[]`, depth, places);
  for (const [name, property] of Object.entries(properties ?? {})) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [at]);
    else known.push(at);
    collect(document, property, at === '' ? name : `${at}.${name}`, depth + 1, places);
  }
  if (properties === undefined && typeof values === 'object') collect(document, values, `${at}{}`, depth + 1, places);
}

/**
 * A hint with a leading blank: ` It belongs to spec.config: check the indentation.` Empty if the kind has no such field, or if no place is
 * clearly the nearest one.
 */
export function belongsTo(places: FieldPlaces, path: FieldPath): string {
  const candidates = places.get(String(path.at(-1))) ?? [];
  const written = formatPath(path.slice(0, -1)).replace(/\[\d+\]/g, '[]');
  const near = candidates
    .map((place) => ({ place, distance: distance(place, written) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest, next] = near;
  if (
    nearest === undefined ||
    candidates.length > MAX_PLACES ||
    nearest.distance > 2 ||
    nearest.distance === next?.distance
  )
    return '';
  return ` It belongs to ${nearest.place === '' ? 'the top of the document' : nearest.place}: check the indentation.`;
}

/** The number of levels up and down from one message to the other. */
function distance(a: string, b: string): number {
  const [up, down] = [stepsOf(a), stepsOf(b)];
  const shared = up.findIndex((step, i) => step !== down[i]);
  const common = shared === -1 ? up.length : shared;
  return up.length + down.length - 2 * common;
}

function stepsOf(place: string): readonly string[] {
  return place === '' ? [] : place.split('.');
}
