/** Everything that a client surely holds of one type. */
import type { EncodedResource } from '../resources/resource.js';
import { heldVersion } from './holding.js';
import { namedEntries } from './named-resources.js';
import { type Place, holdingOf } from './scene.js';

export function* heldResources(place: Place): Generator<EncodedResource, void> {
  const { collection, interest, standing } = place;
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    if (standing.exceptions.has(entry.name)) continue;
    const held = heldVersion(holdingOf(place, entry.name, entry));
    if (held !== undefined) yield held;
  }
  for (const { holding } of standing.exceptions.values()) {
    const held = heldVersion(holding);
    if (held !== undefined) yield held;
  }
}
