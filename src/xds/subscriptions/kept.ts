/**
 * What a client holds although others refused it: it accepted that version before it was withheld, and keeps it until the
 * resource changes.
 */
import type { Entry } from '../resources/change-list.js';
import { type Digest, addDigest, subtractDigest } from '../protocol/digest.js';
import type { EncodedResource } from '../resources/resource.js';

/** Immutable, and shared among streams in the same state. */
export type Kept = ReadonlyMap<string, EncodedResource>;

export const NONE_KEPT: Kept = new Map();

/** The version of the entry that a client with these sees; what was kept counts only while it is still withheld. */
export function seenBy(kept: Kept, entry: Entry): EncodedResource | undefined {
  const own = kept.size === 0 ? undefined : kept.get(entry.name);
  return own !== undefined && own.version === entry.withheld?.version ? own : entry.resource;
}

/** The digest of what is shown as a client with these sees it. */
export function seenDigest(kept: Kept, shown: Digest, entryOf: (name: string) => Entry | undefined): Digest {
  let digest = shown;
  for (const name of kept.keys()) {
    const entry = entryOf(name);
    const own = entry && seenBy(kept, entry);
    if (entry === undefined || own === undefined || own === entry.resource) continue;
    if (entry.resource !== undefined) digest = subtractDigest(digest, entry.resource.digest);
    digest = addDigest(digest, own.digest);
  }
  return digest;
}

/** With this version too; with the same arguments the same result, so that streams in step stay in step. */
export function keeper(resource: EncodedResource): (kept: Kept) => Kept {
  const known = new Map<Kept, Kept>();
  return (kept) => {
    const result = known.get(kept) ?? new Map([...kept, [resource.name, resource]]);
    known.set(kept, result);
    return result;
  };
}

export function withoutKept(kept: Kept, names: readonly string[]): Kept {
  if (!names.some((name) => kept.has(name))) return kept;
  const rest = new Map(kept);
  for (const name of names) rest.delete(name);
  return rest.size === 0 ? NONE_KEPT : rest;
}
