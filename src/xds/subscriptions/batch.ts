/**
 * A batch: what a subscription has to be told to come from one sequence number to another. It depends on the interest and
 * on where the stream stands, not on the stream, so streams in step share it.
 */
import { keysOf } from '../resources/alias-index.js';
import { NO_NAMES } from '../resources/coverage.js';
import { addDigest, formatDigest } from '../protocol/digest.js';
import { shownSince } from '../resources/change-list.js';
import type { Interest } from './interest.js';
import { type Kept, seenBy, seenDigest } from './kept.js';
import {
  type Leaving,
  type LeavingResource,
  NONE_LEAVING,
  firstLeaving,
  leavingDigest,
  staysWithClient,
} from './leaving.js';
import { isNamed, namedEntries, withoutAliases } from './named-resources.js';
import type { EncodedResource } from '../resources/resource.js';
import { type Chunk, chunksOf } from './response.js';
import { isFullState } from '../protocol/type-urls.js';
import type { VersionedCollection } from './versioned-collection.js';

/** State of the world, or incremental. */
export type Mode = 'sotw' | 'delta';

/** How many batches of one interest are remembered between two changes of it. */
const MAX_RECENT = 8;

/** Where a stream stands and how far it may go; equal positions of one interest have equal batches. */
export interface Position {
  readonly mode: Mode;
  /** Sequence number up to which it has been told; below 0 it has been told nothing and gets everything. */
  readonly from: number;
  readonly to: number;
  /** Removals up to this sequence number may be told. */
  readonly gate: number;
  /** Names to be told whatever their sequence number. */
  readonly owed: ReadonlySet<string>;
  readonly leaving: Leaving;
  /** What the client has and others are not shown. */
  readonly kept: Kept;
  /** What the client never accepted: it need not be kept for it when it is removed. */
  readonly refused: ReadonlySet<string>;
}

export interface Batch extends Position {
  /** Resources that are new to the client: changed, or owed. */
  readonly changed: readonly EncodedResource[];
  /** Whether one of the changed resources has further names. */
  readonly aliased: boolean;
  /** Names of the clusters that the changed resources refer to. */
  readonly clusters: ReadonlySet<string>;
  /** Names to be reported as removed: incremental only. */
  readonly removed: readonly string[];
  /** Whether the client has to be told anything. */
  readonly empty: boolean;
  /** The first removal that this batch tells; Infinity for none. */
  readonly removalSeq: number;
  /** What is held back from now on. */
  readonly stillLeaving: Leaving;
  /** Version of the state that the client has then. */
  readonly version: string;
  /** Responses to send one after the other. */
  readonly chunks: readonly Chunk[];
}

/** The batch for a position; made once, while the interest does not change. */
export function batchFor(
  collection: VersionedCollection,
  interest: Interest,
  position: Position,
  maxBytes: number,
): Batch {
  const known = interest.recent.find((batch) => samePosition(batch, position));
  if (known !== undefined) return known;
  const batch = makeBatch(collection, interest, position, maxBytes);
  if (interest.recent.length >= MAX_RECENT) interest.recent.shift();
  interest.recent.push(batch);
  return batch;
}

function samePosition(one: Position, other: Position): boolean {
  return (
    one.from === other.from &&
    one.to === other.to &&
    one.mode === other.mode &&
    one.gate === other.gate &&
    one.owed === other.owed &&
    one.leaving === other.leaving &&
    one.kept === other.kept &&
    one.refused === other.refused
  );
}

function makeBatch(collection: VersionedCollection, interest: Interest, position: Position, maxBytes: number): Batch {
  const { mode, gate, kept, refused } = position;
  const { changed, tombstones, missing } = collect(collection, interest, position);
  const leaving = leavingNow(collection, interest, position.leaving, tombstones, missing);
  const full = mode === 'sotw' && isFullState(collection.typeUrl);
  const stays = ({ name, seq }: LeavingResource): boolean => seq > gate && !refused.has(name);
  const stillLeaving = leaving.every(stays) ? leaving : leaving.filter(stays);
  const released = full || mode === 'delta' ? leaving.filter((item) => !stays(item)) : [];
  const removed = mode === 'delta' ? [...missing, ...released.map(({ name }) => name)] : [];
  const content = seenDigest(kept, interest.content, (name) => (interest.covers(name) ? collection.entry(name) : undefined));
  const version = formatDigest(addDigest(content, leavingDigest(full ? stillLeaving : NONE_LEAVING)));
  const resources = full ? fullState(collection, interest, kept, stillLeaving) : changed;
  return {
    ...position,
    changed,
    aliased: changed.some(({ aliases }) => aliases.length > 0),
    clusters: clustersOf(changed),
    removed,
    empty: changed.length === 0 && removed.length === 0 && !(full && released.length > 0),
    removalSeq: firstLeaving(released),
    stillLeaving: mode === 'sotw' && !full ? NONE_LEAVING : stillLeaving,
    version,
    chunks: chunksOf(
      { mode, typeUrl: collection.typeUrl, version, resources, changed, removed },
      full ? Infinity : maxBytes,
    ),
  };
}

function clustersOf(changed: readonly EncodedResource[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { clusters } of changed) for (const name of clusters) names.add(name);
  return names.size === 0 ? NO_NAMES : names;
}

/**
 * What was leaving and still is, and what was deleted since; but not what is told to be missing anyway. The same list if it
 * is the same.
 */
function leavingNow(
  collection: VersionedCollection,
  interest: Interest,
  before: Leaving,
  tombstones: Leaving,
  missing: readonly string[],
): Leaving {
  const told = new Set([...missing, ...tombstones.map(({ name }) => name)]);
  const still = before.filter((item) => {
    if (told.has(item.name)) return false;
    return interest.covers(item.name) ? collection.newest(item.name) === undefined : wasCovered(interest, item);
  });
  return still.length === before.length && tombstones.length === 0 ? before : [...still, ...tombstones];
}

/** Whether a client with this interest took it for one that it asked for, by an alias that is not known any more. */
function wasCovered(interest: Interest, { name, resource, uncovered }: LeavingResource): boolean {
  return uncovered === true || (resource !== undefined && interest.coveredBy(name, keysOf(resource)));
}

/** All that the interest covers, and what is only leaving. */
export function fullState(collection: VersionedCollection, interest: Interest, kept: Kept, leaving: Leaving): EncodedResource[] {
  return [...covered(collection, interest, kept), ...leaving.flatMap(({ resource }) => resource ?? [])];
}

function* covered(collection: VersionedCollection, interest: Interest, kept: Kept): Generator<EncodedResource, void> {
  for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
    const resource = seenBy(kept, entry);
    if (resource !== undefined) yield resource;
  }
}

interface Collected {
  readonly changed: EncodedResource[];
  readonly tombstones: LeavingResource[];
  readonly missing: string[];
}

function collect(collection: VersionedCollection, interest: Interest, position: Position): Collected {
  if (position.from < 0) return collectEverything(collection, interest, position.kept);
  const { mode, from, to, kept } = position;
  const owed = withoutAliases(collection, position.owed);
  const changed: EncodedResource[] = [];
  const tombstones: LeavingResource[] = [];
  const told = new Set<string>();
  for (const entry of collection.since(from)) {
    const { name, seq, born, last } = entry;
    const resource = seenBy(kept, entry);
    // Of a version that came and was withheld again, a client that has the one before need not know.
    if (entry.withheld !== undefined && !owed.has(name) && shownSince(entry) <= from) continue;
    const covered = interest.covers(name);
    // Who names what does not exist is told at once, by the loop below.
    const asked = covered && owed.has(name) && (resource !== undefined || (mode === 'delta' && interest.names.has(name)));
    if (seq > to || asked) continue;
    if (!covered) {
      if (collection.aliases.lostSince(name, interest.names, from))
        tombstones.push({ name, resource: undefined, seq, uncovered: true });
      continue;
    }
    if (resource !== undefined) changed.push(resource);
    else if (born <= from && last !== undefined && !staysWithClient(collection.typeUrl, interest, name))
      tombstones.push({ name, resource: last, seq });
    told.add(name);
  }
  const missing: string[] = [];
  for (const name of owed) {
    const entry = collection.entry(name);
    // What changed after `to` follows with that change.
    if (told.has(name) || !interest.covers(name) || (entry?.seq ?? 0) > to) continue;
    const resource = entry && seenBy(kept, entry);
    if (resource !== undefined) changed.push(resource);
    else missing.push(name);
  }
  return { changed, tombstones, missing };
}

function collectEverything(collection: VersionedCollection, interest: Interest, kept: Kept): Collected {
  const missing = [...interest.names].filter((name) => !isNamed(collection, name));
  return { changed: [...covered(collection, interest, kept)], tombstones: [], missing };
}
