/** Resolves the names of a subscription: each is the name or an alias of resources. */
import type { Entry } from '../resources/change-list.js';
import type { ResourceHistory } from '../resources/history.js';

/** The entries with these names or aliases, without duplicates. */
export function* namedEntries(collection: ResourceHistory, names: ReadonlySet<string>): Generator<Entry, void> {
  for (const name of collection.aliases.resolve(names)) {
    const entry = collection.entry(name);
    if (entry !== undefined) yield entry;
  }
}

/** Whether a resource with this name or alias exists. */
export function isNamed(collection: ResourceHistory, name: string): boolean {
  if (collection.get(name) !== undefined) return true;
  for (const other of collection.aliases.standsFor(name)) if (collection.get(other) !== undefined) return true;
  return false;
}

/**
 * Replaces aliases by the names of their resources, including aliases of the past while they are remembered. A name without a resource stays,
 * because it is missing.
 */
export function withoutAliases(collection: ResourceHistory, names: ReadonlySet<string>): ReadonlySet<string> {
  if (collection.aliases.empty) return names;
  const resolved = new Set<string>();
  for (const name of names) {
    if (collection.get(name) !== undefined || !isNamed(collection, name)) resolved.add(name);
    for (const other of collection.aliases.standsFor(name)) resolved.add(other);
  }
  return resolved;
}
