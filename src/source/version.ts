/** The versions of a resource: what counts as a change, and the numbers that go with it. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldPath, RawResource, ResourceRef } from '../api/resource.js';
import type { Claim } from './claim.js';
import type { Locator, Standing } from './locator.js';

/** A resource in force. */
export interface InForce {
  readonly ref: ResourceRef;
  readonly raw: RawResource;
  /** Where it stands now. Shared by all its versions, so that positions are right however its text has moved. */
  readonly standing: { current: Standing };
}

type Document = RawResource['document'];

/** A resource that was not there before. */
export function firstVersion(claim: Claim, batch: number, locator: Locator): InForce {
  const standing: InForce['standing'] = { current: claim };
  const { apiVersion, kind, metadata, document } = claim.resource;
  const raw: RawResource = Object.freeze({
    apiVersion,
    kind,
    metadata,
    document,
    generation: 1,
    arrival: batch,
    locate: (path: FieldPath) => locator.position(standing.current, path),
    written: (path: FieldPath) => locator.written(standing.current, path),
  });
  return { ref: claim.resource.ref, raw, standing };
}

/** The resource as a claim has it now. Where its content is the same, only its place changes. */
export function nextVersion(before: InForce, claim: Claim): InForce {
  before.standing.current = claim;
  const { apiVersion, kind, metadata, document } = claim.resource;
  if (isDeepStrictEqual(document, before.raw.document)) return before;
  const generation = before.raw.generation + (isDeepStrictEqual(body(document), body(before.raw.document)) ? 0 : 1);
  return { ...before, raw: Object.freeze({ ...before.raw, apiVersion, kind, metadata, document, generation }) };
}

/** All that a new generation is about: the spec, or what stands for it in kinds that have none. */
function body({ metadata: _metadata, status: _status, ...rest }: Document): Document {
  return rest;
}
