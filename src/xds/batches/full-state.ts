/** What a full state contains: everything that is shown, except for names under which the client must keep something else. */
import type { EncodedResource } from '../resources/resource.js';
import { type Exception, REMOVAL } from '../holdings/exception.js';
import { type Holding, Unsure, candidates, lastCertain } from '../holdings/holding.js';
import { namedEntries } from '../holdings/named-resources.js';
import type { BatchKey, NameUpdate } from './batch.js';

/** `updates`: the updates of the batch. `kept`: the exceptions of the client after the batch. */
export function fullState(
  { collection, interest, view }: BatchKey,
  updates: ReadonlyMap<string, NameUpdate>,
  kept: ReadonlyMap<string, Exception>,
): EncodedResource[] {
  const resources: EncodedResource[] = [];
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    if (updates.has(entry.name) || kept.has(entry.name)) continue;
    const shown = view.shown(collection, entry);
    if (shown !== undefined) resources.push(shown);
  }
  for (const { resource } of updates.values()) if (resource !== undefined) resources.push(resource);
  for (const [name, { holding }] of kept) {
    const held = updates.has(name) ? undefined : isGuess(holding) ? undefined : lastCertain(holding);
    if (held !== undefined) resources.push(held);
  }
  return resources;
}

/**
 * What a full state contains for a name if the server does not know what the client holds: the version that it certainly held last, or else
 * one that it may hold, or nothing; but no version that it rejected. `undefined` if it rejected all of these.
 */
export function restated({
  holding,
  rejected,
}: Exception): { readonly resource: EncodedResource | undefined } | undefined {
  const guesses = holding instanceof Unsure && holding.other ? [...candidates(holding), undefined] : [];
  const versions = [lastCertain(holding), ...guesses];
  const index = versions.findIndex((resource) => !rejected.includes(resource?.version ?? REMOVAL));
  return index < 0 ? undefined : { resource: versions[index] };
}

function isGuess(holding: Holding): boolean {
  return holding instanceof Unsure && holding.other;
}
