/** The versions of a resource: what counts as a change, and its generation. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldPath, RawResource, ResourceRef } from '../../api/resource.js';
import type { Declaration } from './declaration.js';
import type { FieldLocator, Location } from './locator.js';

/** The version of a resource that is in force. */
export interface ResourceVersion {
  readonly ref: ResourceRef;
  readonly raw: RawResource;
  /** Its current location. All versions share it, so that positions stay correct when the text moves. */
  readonly location: { current: Location };
}

type Document = RawResource['document'];

/** The generation of a document; `before`: of the version before. */
export type GenerationOf = (document: Document, before: RawResource | undefined) => number;

/** The generation of a resource in a file: it begins with 1, and its own text about it does not count. */
const counted: GenerationOf = (document, before) => {
  if (before === undefined) return 1;
  return before.generation + (isDeepStrictEqual(body(document), body(before.document)) ? 0 : 1);
};

/** The generation that an API server gave an object. Kinds of which it counts none, such as Services, have a counted one. */
export const givenGeneration: GenerationOf = (document, before) => {
  const { generation } = (document['metadata'] ?? {}) as { readonly generation?: unknown };
  return Number.isSafeInteger(generation) ? (generation as number) : counted(document, before);
};

/** The first version of a resource. */
export function firstVersion(
  declaration: Declaration,
  batch: number,
  locator: FieldLocator,
  generationOf: GenerationOf = counted,
): ResourceVersion {
  const location: ResourceVersion['location'] = { current: declaration };
  const { apiVersion, kind, metadata, document } = declaration.resource;
  const raw: RawResource = Object.freeze({
    apiVersion,
    kind,
    metadata,
    document,
    generation: generationOf(document, undefined),
    arrival: batch,
    file: () => location.current.file,
    locate: (path: FieldPath) => locator.position(location.current, path),
    written: (path: FieldPath) => locator.written(location.current, path),
  });
  return { ref: declaration.resource.ref, raw, location };
}

/** The next version, from a declaration. If the content is the same, only the location changes. */
export function nextVersion(
  before: ResourceVersion,
  declaration: Declaration,
  generationOf: GenerationOf = counted,
): ResourceVersion {
  before.location.current = declaration;
  const { apiVersion, kind, metadata, document } = declaration.resource;
  if (isDeepStrictEqual(document, before.raw.document)) return before;
  const generation = generationOf(document, before.raw);
  return { ...before, raw: Object.freeze({ ...before.raw, apiVersion, kind, metadata, document, generation }) };
}

/** The part whose changes increment the generation: `spec`, or all other fields for kinds without one. */
function body({ metadata: _metadata, status: _status, ...rest }: Document): Document {
  return rest;
}
