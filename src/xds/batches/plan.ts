/**
 * The making of a batch. It depends on the interest and on the position, not on the stream, so streams in step share it.
 */
import type { Entry } from '../resources/change-list.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import { isFullState, outlivesDeletion } from '../protocol/type-urls.js';
import { type Batch, type Position, type Told, chunkNames } from './batch.js';
import { type Exception, NO_EXCEPTIONS, REMOVAL, exceptionOf } from '../holdings/exception.js';
import { type Holding, Unsure, candidates, lastCertain, mayHold } from '../holdings/holding.js';
import { isNamed, namedEntries } from '../holdings/named-resources.js';
import { type Chunk, chunksOf } from './response.js';
import { holdingOf } from '../holdings/scene.js';
import { Standing, needs, sameNeeded } from '../holdings/standing.js';
import { stateVersion } from '../holdings/state-version.js';
import { type Decision, decide } from './target.js';

/** How many batches of one interest are remembered between two changes of it. */
const MAX_RECENT = 8;

/** The batch for a position; made once, while the interest does not change. `recent`: those that were made for it. */
export function batchFor(position: Position, recent: Batch[], maxBytes: number): Batch {
  const known = recent.find((batch) => samePosition(batch.position, position));
  if (known !== undefined) return known;
  const batch = new Plan(position).batch(maxBytes);
  if (recent.length >= MAX_RECENT) recent.shift();
  recent.push(batch);
  return batch;
}

function samePosition(one: Position, other: Position): boolean {
  return (
    one.mode === other.mode &&
    sameStanding(one.standing, other.standing) &&
    one.limits.changes === other.limits.changes &&
    one.limits.removals === other.limits.removals &&
    sameNeeded(one.limits.needed, other.limits.needed) &&
    one.limits.missing === other.limits.missing &&
    one.refused === other.refused &&
    one.trial === other.trial &&
    one.view.overlay(one.collection.typeUrl) === other.view.overlay(one.collection.typeUrl)
  );
}

function sameStanding(one: Standing, other: Standing): boolean {
  return (
    one === other || (one.seq === other.seq && one.exceptions === NO_EXCEPTIONS && other.exceptions === NO_EXCEPTIONS)
  );
}

/** The making of one batch. */
class Plan {
  readonly #position: Position;
  readonly #to: number;
  readonly #full: boolean;
  readonly #told = new Map<string, Told>();
  readonly #kept = new Map<string, Exception>();
  readonly #removed: string[] = [];
  #waits = false;

  constructor(position: Position) {
    this.#position = position;
    this.#to = Math.min(position.limits.changes, position.collection.seq);
    this.#full = position.mode === 'sotw' && isFullState(position.collection.typeUrl);
  }

  batch(maxBytes: number): Batch {
    const { mode, collection, interest, view, standing } = this.#position;
    this.#decideAll();
    const told = this.#told;
    const kept = this.#kept.size === 0 ? NO_EXCEPTIONS : this.#kept;
    const changed = [...told.values()].flatMap(({ resource }) => resource ?? []);
    const version = stateVersion(collection, interest, view, kept);
    const resources = this.#full && told.size > 0 ? this.#fullState() : changed;
    const content = { mode, typeUrl: collection.typeUrl, version, resources, changed, removed: this.#removed };
    const chunks = chunksOf(content, this.#full ? Infinity : maxBytes);
    const to = this.#to;
    // Streams that are told nothing stand where they stood, and find what was made for them.
    const after = isSameStanding(standing, to, kept) ? standing : new Standing(to, kept);
    return {
      position: this.#position,
      to,
      from: earliest(standing.seq, told),
      told,
      changed,
      removed: this.#removed,
      clusters: clustersOf(changed),
      empty: told.size === 0,
      waits: this.#waits,
      version,
      chunks,
      after: standings(standing, told, chunks, after),
    };
  }

  #decideAll(): void {
    const { collection, standing, interest } = this.#position;
    if (standing.seq < 0) this.#decideEverything();
    else
      for (const entry of collection.since(standing.seq))
        if (!standing.exceptions.has(entry.name)) this.#decide(entry.name, entry);
    for (const name of standing.exceptions.keys()) this.#decide(name, collection.entry(name));
    if (standing.seq >= 0) return;
    for (const name of interest.names)
      if (!isNamed(collection, name) && !this.#told.has(name) && !standing.exceptions.has(name))
        this.#tellMissing(name);
  }

  #decideEverything(): void {
    const { collection, interest, standing } = this.#position;
    for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names))
      if (!standing.exceptions.has(entry.name)) this.#decide(entry.name, entry);
  }

  #decide(name: string, entry: Entry | undefined): void {
    const { standing } = this.#position;
    const holding = holdingOf(this.#position, name, entry);
    const before = standing.exceptions.get(name) ?? exceptionOf(holding, standing.seq);
    if (entry !== undefined && entry.seq > this.#to) this.#wait(name, entry, before);
    else this.#act(name, entry, before, decide(this.#position, name, entry, holding));
  }

  /** It changed after what may be told now. */
  #wait(name: string, entry: Entry, before: Exception): void {
    const { collection, view, interest } = this.#position;
    if (!interest.covers(name) && !mayHold(before.holding)) return;
    const then = view.shownAt(collection, entry, this.#to);
    if (!(then instanceof Unsure) && !(before.holding instanceof Unsure) && isSameResource(then, before.holding))
      return;
    this.#retain(name, before);
    this.#waits = true;
  }

  #act(name: string, entry: Entry | undefined, before: Exception, decision: Decision): void {
    const { limits, trial } = this.#position;
    switch (decision.kind) {
      case 'settled':
        return;
      case 'keep':
        this.#keep(name, before);
        return;
      case 'remove':
        this.#remove(name, entry, before);
        return;
      case 'send': {
        const { resource } = decision;
        if (before.due && before.from + 1 > limits.changes) {
          this.#waits = true;
          this.#keep(name, before);
        } else if (trial.waiting.has(name) || lacks(resource, limits.missing))
          this.#keep(name, waiting(before, before.from, Infinity));
        else this.#tell(name, resource, before);
      }
    }
  }

  #tell(name: string, resource: EncodedResource, before: Exception): void {
    this.#told.set(name, { resource, before, again: false });
    // What is shown is not to its liking: it holds something else afterwards.
    if (!isSameResource(resource, this.#shown(name)))
      this.#kept.set(name, { ...before, holding: resource, due: false, removal: Infinity });
  }

  #keep(name: string, before: Exception): void {
    const { holding, refusal, due } = before;
    if (holding !== undefined || refusal !== undefined || due || this.#differs(name)) this.#retain(name, before);
  }

  /** The client goes on holding what it holds. A full state has to say what that is. */
  #retain(name: string, exception: Exception): void {
    const stated = this.#full && exception.holding instanceof Unsure ? restated(exception) : undefined;
    if (stated !== undefined) this.#told.set(name, { resource: stated.resource, before: exception, again: true });
    this.#kept.set(name, stated === undefined ? exception : { ...exception, holding: stated.resource });
  }

  /** Whether something is shown under this name that the client does not hold. */
  #differs(name: string): boolean {
    return this.#shown(name) !== undefined;
  }

  #shown(name: string): EncodedResource | undefined {
    const { collection, view } = this.#position;
    const entry = collection.entry(name);
    return entry && view.shown(collection, entry);
  }

  #remove(name: string, entry: Entry | undefined, before: Exception): void {
    const { mode, collection, interest, limits } = this.#position;
    const holds = mayHold(before.holding);
    const untold =
      (mode === 'sotw' && !this.#full) ||
      (holds && outlivesDeletion(collection.typeUrl) && interest.namesResource(name));
    if (untold) {
      if (holds && interest.covers(name)) this.#kept.set(name, { ...before, due: false, removal: Infinity });
      return;
    }
    if (entry === undefined && !holds && isNamed(collection, name)) {
      if (before.due) this.#tellNamed(name, before);
      return;
    }
    const seq = entry?.seq ?? 0;
    if (holds && seq > limits.removals) this.#waits = true;
    if (holds && (seq > limits.removals || needs(limits.needed, name)))
      this.#retain(name, waiting(before, Math.min(before.from, seq - 1), seq));
    else this.#tellRemoval(name, before);
  }

  /** An alias of something that came after it was asked for: that is told, whether the client had it before or not. */
  #tellNamed(alias: string, { from }: Exception): void {
    const { collection, standing } = this.#position;
    for (const name of collection.aliases.standsFor(alias)) {
      const entry = collection.entry(name);
      if (entry === undefined || standing.exceptions.has(name)) continue;
      const holding = holdingOf(this.#position, name, entry);
      const unsure = new Unsure(candidates(holding), false, lastCertain(holding));
      this.#act(name, entry, exceptionOf(unsure, from, true), decide(this.#position, name, entry, unsure));
    }
  }

  #tellRemoval(name: string, before: Exception): void {
    this.#told.set(name, { resource: undefined, before, again: false });
    if (this.#position.mode === 'delta') this.#removed.push(name);
  }

  #tellMissing(name: string): void {
    if (this.#position.mode === 'delta') this.#tellRemoval(name, exceptionOf(undefined, this.#position.standing.seq));
  }

  #fullState(): EncodedResource[] {
    const { collection, interest, view } = this.#position;
    const resources: EncodedResource[] = [];
    for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
      if (this.#told.has(entry.name) || this.#kept.has(entry.name)) continue;
      const shown = view.shown(collection, entry);
      if (shown !== undefined) resources.push(shown);
    }
    for (const { resource } of this.#told.values()) if (resource !== undefined) resources.push(resource);
    for (const [name, { holding }] of this.#kept) {
      const held = this.#told.has(name) ? undefined : isGuess(holding) ? undefined : lastCertain(holding);
      if (held !== undefined) resources.push(held);
    }
    return resources;
  }
}

/**
 * What a full state says of a name under which it is not known what the client holds: what it held when that was certain last.
 * Where that is not remembered either, what it may hold, or nothing; but nothing that it refused. Undefined if it refused that.
 */
function restated({ holding, refused }: Exception): { readonly resource: EncodedResource | undefined } | undefined {
  const guesses = holding instanceof Unsure && holding.other ? [...candidates(holding), undefined] : [];
  const versions = [lastCertain(holding), ...guesses];
  const index = versions.findIndex((resource) => !refused.includes(resource?.version ?? REMOVAL));
  return index < 0 ? undefined : { resource: versions[index] };
}

/** It is not told now. The exception itself where that is nothing new. */
function waiting(exception: Exception, from: number, removal: number): Exception {
  if (!exception.due && exception.from === from && exception.removal === removal) return exception;
  return { ...exception, from, due: false, removal };
}

function isSameStanding(one: Standing, seq: number, exceptions: ReadonlyMap<string, Exception>): boolean {
  if (one.seq !== seq || one.exceptions.size !== exceptions.size) return false;
  for (const [name, exception] of exceptions) if (one.exceptions.get(name) !== exception) return false;
  return true;
}

function isGuess(holding: Holding): boolean {
  return holding instanceof Unsure && holding.other;
}

function earliest(from: number, told: ReadonlyMap<string, Told>): number {
  let first = from;
  for (const { before } of told.values()) first = Math.min(first, before.from);
  return first;
}

function lacks({ clusters }: EncodedResource, missing: ReadonlySet<string>): boolean {
  return missing.size > 0 && clusters.some((name) => missing.has(name));
}

const NO_CLUSTERS: ReadonlySet<string> = new Set();

function clustersOf(changed: readonly EncodedResource[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { clusters } of changed) for (const name of clusters) names.add(name);
  return names.size === 0 ? NO_CLUSTERS : names;
}

/** What the client holds after each response of a batch, made when it is asked for. */
function standings(
  before: Standing,
  told: ReadonlyMap<string, Told>,
  chunks: readonly Chunk[],
  complete: Standing,
): (index: number) => Standing {
  const partial: Standing[] = [];
  return (index) => {
    if (index < 0) return before;
    if (index >= chunks.length - 1) return complete;
    const names = chunks.slice(0, index + 1).flatMap((chunk) => chunkNames(chunk));
    partial[index] ??= before.with(names.flatMap((name) => settledBy(told, name)));
    return partial[index];
  };
}

function settledBy(told: ReadonlyMap<string, Told>, name: string): readonly (readonly [string, Exception])[] {
  const of = told.get(name);
  return of === undefined ? [] : [[name, exceptionOf(of.resource, of.before.from)]];
}
