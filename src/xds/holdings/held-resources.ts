/** All resources of one type that a client certainly holds. */
import type { EncodedResource } from '../resources/resource.js';
import { heldVersion } from './holding.js';
import { namedEntries } from './named-resources.js';
import { type SubscriptionState, holdingOf } from './subscription-state.js';

export function* resourcesHeld(state: SubscriptionState): Generator<EncodedResource, void> {
  const { collection, interest, standing } = state;
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    if (standing.exceptions.has(entry.name)) continue;
    const held = heldVersion(holdingOf(state, entry.name, entry));
    if (held !== undefined) yield held;
  }
  for (const { holding } of standing.exceptions.values()) {
    const held = heldVersion(holding);
    if (held !== undefined) yield held;
  }
}
