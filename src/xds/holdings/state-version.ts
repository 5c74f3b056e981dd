/** The version of what a client holds of a type. Clients that hold the same have the same version. */
import { type Digest, addDigest, formatDigest, subtractDigest } from '../protocol/digest.js';
import type { ResourceHistory } from '../resources/history.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Covering } from './covering.js';
import type { EffectiveView } from './effective-view.js';
import { heldVersion } from './holding.js';
import type { Exceptions } from './exception.js';

/** `kept`: names for which the client holds something else than what is shown. */
export function stateVersion(
  collection: ResourceHistory,
  interest: Covering,
  view: EffectiveView,
  kept: Exceptions,
): string {
  const overlay = view.overlay(collection.typeUrl);
  if (overlay.size === 0 && kept.size === 0) return interest.version;
  let digest = interest.content;
  for (const name of new Set([...overlay.keys(), ...kept.keys()])) {
    const covers = interest.covers(name);
    const exception = kept.get(name);
    const shown = overlay.get(name);
    const newest = covers ? collection.get(name) : undefined;
    const held = exception === undefined ? (covers ? shown?.resource : undefined) : heldVersion(exception.holding);
    digest = replaced(digest, newest, held);
  }
  return formatDigest(digest);
}

function replaced(digest: Digest, before: EncodedResource | undefined, after: EncodedResource | undefined): Digest {
  const without = before === undefined ? digest : subtractDigest(digest, before.digest);
  return after === undefined ? without : addDigest(without, after.digest);
}
