/** What the names of a subscription stand for in a collection: resources of that name, or with that alias. */
import type { Entry } from '../resources/change-list.js';
import type { ResourceHistory } from '../resources/history.js';

/** The entries that these names stand for, each once. */
export function* namedEntries(collection: ResourceHistory, names: ReadonlySet<string>): Generator<Entry, void> {
  for (const name of collection.aliases.resolve(names)) {
    const entry = collection.entry(name);
    if (entry !== undefined) yield entry;
  }
}

/** Whether there is a resource that this name stands for. */
export function isNamed(collection: ResourceHistory, name: string): boolean {
  if (collection.get(name) !== undefined) return true;
  for (const other of collection.aliases.standsFor(name)) if (collection.get(other) !== undefined) return true;
  return false;
}

/**
 * These names with aliases replaced by what they stand for, or stood for as long as that is remembered. A name that stands for
 * nothing remains, since it is missing.
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
