/**
 * The making of a batch. It depends on the interest and on the position, not on the stream, so streams in step share it.
 */
import type { Entry } from '../resources/change-list.js';
import { type EncodedResource, isSameResource } from '../resources/resource.js';
import { isFullState, outlivesDeletion } from '../protocol/type-urls.js';
import { type UpdateBatch, type BatchKey, type NameUpdate, chunkNames } from './batch.js';
import { type Exception, NO_EXCEPTIONS, REMOVAL, exceptionOf } from '../holdings/exception.js';
import { type Holding, Unsure, candidates, lastCertain, mayHold } from '../holdings/holding.js';
import { isNamed, namedEntries } from '../holdings/named-resources.js';
import { type Chunk, chunksOf } from './response.js';
import { holdingOf } from '../holdings/subscription-state.js';
import { Standing, needs, sameNeeded } from '../holdings/standing.js';
import { stateVersion } from '../holdings/state-version.js';
import { type Decision, decide } from './target.js';

/** How many batches of one interest are remembered between two changes of it. */
const MAX_RECENT = 8;

/** Names without resources that are answered in one batch: few are left for long, and a client may ask for any number. */
const MAX_MISSING = 1_000;

/** The batch for a position; made once, while the interest does not change. `recent`: those that were made for it. */
export function batchFor(key: BatchKey, recent: UpdateBatch[], maxBytes: number): UpdateBatch {
  const known = recent.find((batch) => sameKey(batch.key, key));
  if (known !== undefined) return known;
  const batch = new Plan(key).batch(maxBytes);
  if (recent.length >= MAX_RECENT) recent.shift();
  recent.push(batch);
  return batch;
}

function sameKey(one: BatchKey, other: BatchKey): boolean {
  return (
    one.mode === other.mode &&
    one.comesBack === other.comesBack &&
    sameStanding(one.standing, other.standing) &&
    one.limits.changes === other.limits.changes &&
    one.limits.removals === other.limits.removals &&
    sameNeeded(one.limits.needed, other.limits.needed) &&
    one.limits.missing === other.limits.missing &&
    one.refused === other.refused &&
    one.bisection === other.bisection &&
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
  readonly #key: BatchKey;
  readonly #to: number;
  readonly #full: boolean;
  readonly #updates = new Map<string, NameUpdate>();
  readonly #kept = new Map<string, Exception>();
  readonly #removed: string[] = [];
  /** In the place of resources that do not exist. */
  readonly #missing: EncodedResource[] = [];
  #waits = false;

  constructor(key: BatchKey) {
    this.#key = key;
    this.#to = Math.min(key.limits.changes, key.collection.seq);
    this.#full = key.mode === 'sotw' && isFullState(key.collection.typeUrl);
  }

  batch(maxBytes: number): UpdateBatch {
    const { mode, collection, interest, view, standing } = this.#key;
    this.#decideAll();
    const updates = this.#updates;
    const kept = this.#kept.size === 0 ? NO_EXCEPTIONS : this.#kept;
    const changed = [...updates.values()].flatMap(({ resource }) => resource ?? []);
    const version = stateVersion(collection, interest, view, kept);
    const resources = this.#full && updates.size > 0 ? this.#fullState() : [...changed, ...this.#missing];
    const content = { mode, typeUrl: collection.typeUrl, version, resources, changed, removed: this.#removed };
    const chunks = chunksOf(content, this.#full ? Infinity : maxBytes);
    const to = this.#to;
    // Streams that are sent nothing keep their standing object, so that they find the batches made for it.
    const after = isSameStanding(standing, to, kept) ? standing : new Standing(to, kept);
    return {
      key: this.#key,
      to,
      from: earliest(standing.seq, updates),
      updates,
      changed,
      removed: this.#removed,
      clusters: clustersOf(changed),
      empty: updates.size === 0,
      waits: this.#waits,
      version,
      chunks,
      after: standings(standing, updates, chunks, after),
    };
  }

  #decideAll(): void {
    const { collection, standing, interest } = this.#key;
    if (standing.seq < 0) this.#decideEverything();
    else
      for (const entry of collection.since(standing.seq))
        if (!standing.exceptions.has(entry.name)) this.#decide(entry.name, entry);
    for (const name of standing.exceptions.keys()) this.#decide(name, collection.entry(name));
    if (standing.seq >= 0) return;
    for (const name of interest.names)
      if (!isNamed(collection, name) && !this.#updates.has(name) && !standing.exceptions.has(name))
        this.#sendMissing(name);
  }

  #decideEverything(): void {
    const { collection, interest, standing } = this.#key;
    for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names))
      if (!standing.exceptions.has(entry.name)) this.#decide(entry.name, entry);
  }

  #decide(name: string, entry: Entry | undefined): void {
    const { standing } = this.#key;
    const holding = holdingOf(this.#key, name, entry);
    const before = standing.exceptions.get(name) ?? exceptionOf(holding, standing.seq);
    if (entry !== undefined && entry.seq > this.#to) this.#wait(name, entry, before);
    else this.#act(name, entry, before, decide(this.#key, name, entry, holding));
  }

  /** It changed after the last change that may be sent now. */
  #wait(name: string, entry: Entry, before: Exception): void {
    const { collection, view, interest } = this.#key;
    if (!interest.covers(name) && !mayHold(before.holding)) return;
    const then = view.shownAt(collection, entry, this.#to);
    if (!(then instanceof Unsure) && !(before.holding instanceof Unsure) && isSameResource(then, before.holding))
      return;
    this.#retain(name, before);
    this.#waits = true;
  }

  #act(name: string, entry: Entry | undefined, before: Exception, decision: Decision): void {
    const { limits, bisection } = this.#key;
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
        } else if (bisection.waiting.has(name) || lacks(resource, limits.missing))
          this.#keep(name, waiting(before, before.from, Infinity));
        else this.#send(name, resource, before);
      }
    }
  }

  #send(name: string, resource: EncodedResource, before: Exception): void {
    this.#updates.set(name, { resource, before, again: false });
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
    if (stated !== undefined) this.#updates.set(name, { resource: stated.resource, before: exception, again: true });
    this.#kept.set(name, stated === undefined ? exception : { ...exception, holding: stated.resource });
  }

  /** Whether something is shown under this name that the client does not hold. */
  #differs(name: string): boolean {
    return this.#shown(name) !== undefined;
  }

  #shown(name: string): EncodedResource | undefined {
    const { collection, view } = this.#key;
    const entry = collection.entry(name);
    return entry && view.shown(collection, entry);
  }

  #remove(name: string, entry: Entry | undefined, before: Exception): void {
    const { mode, collection, interest, limits } = this.#key;
    const holds = mayHold(before.holding);
    const unsent =
      (mode === 'sotw' && !this.#full) ||
      (holds && outlivesDeletion(collection.typeUrl) && interest.namesResource(name));
    if (unsent) {
      if (!holds && before.due) this.#answerMissing(name, before);
      if (holds && interest.covers(name)) this.#kept.set(name, { ...before, due: false, removal: Infinity });
      return;
    }
    if (entry === undefined && !holds && isNamed(collection, name)) {
      if (before.due) this.#sendNamed(name, before);
      return;
    }
    const seq = entry?.seq ?? 0;
    if (holds && seq > limits.removals) this.#waits = true;
    if (holds && (seq > limits.removals || needs(limits.needed, name)))
      this.#retain(name, waiting(before, Math.min(before.from, seq - 1), seq));
    else this.#sendRemoval(name, before);
  }

  /** A resource that got the alias after the client subscribed to it: it is sent, whether the client had it before or not. */
  #sendNamed(alias: string, { from }: Exception): void {
    const { collection, standing } = this.#key;
    for (const name of collection.aliases.standsFor(alias)) {
      const entry = collection.entry(name);
      if (entry === undefined || standing.exceptions.has(name)) continue;
      const holding = holdingOf(this.#key, name, entry);
      const unsure = new Unsure(candidates(holding), false, lastCertain(holding));
      this.#act(name, entry, exceptionOf(unsure, from, true), decide(this.#key, name, entry, unsure));
    }
  }

  #sendRemoval(name: string, before: Exception): void {
    this.#updates.set(name, { resource: undefined, before, again: false });
    if (this.#key.mode === 'delta') this.#removed.push(name);
  }

  #sendMissing(name: string): void {
    const { mode, standing, comesBack } = this.#key;
    const before = exceptionOf(undefined, standing.seq);
    if (mode === 'delta') this.#sendRemoval(name, before);
    else if (!comesBack) this.#answerMissing(name, before);
  }

  /** The client waits for an answer, and state of the world cannot say that there is nothing. */
  #answerMissing(name: string, before: Exception): void {
    const { mode, collection } = this.#key;
    if (mode !== 'sotw' || this.#full || this.#missing.length === MAX_MISSING) return;
    const answer =
      collection.get(name) === undefined && !isNamed(collection, name) ? collection.missing(name) : undefined;
    if (answer === undefined) return;
    this.#updates.set(name, { resource: undefined, before, again: false });
    this.#missing.push(answer);
  }

  #fullState(): EncodedResource[] {
    const { collection, interest, view } = this.#key;
    const resources: EncodedResource[] = [];
    for (const entry of interest.wildcard ? collection.entries() : namedEntries(collection, interest.names)) {
      if (this.#updates.has(entry.name) || this.#kept.has(entry.name)) continue;
      const shown = view.shown(collection, entry);
      if (shown !== undefined) resources.push(shown);
    }
    for (const { resource } of this.#updates.values()) if (resource !== undefined) resources.push(resource);
    for (const [name, { holding }] of this.#kept) {
      const held = this.#updates.has(name) ? undefined : isGuess(holding) ? undefined : lastCertain(holding);
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

function earliest(from: number, updates: ReadonlyMap<string, NameUpdate>): number {
  let first = from;
  for (const { before } of updates.values()) first = Math.min(first, before.from);
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
  updates: ReadonlyMap<string, NameUpdate>,
  chunks: readonly Chunk[],
  complete: Standing,
): (index: number) => Standing {
  const partial: Standing[] = [];
  return (index) => {
    if (index < 0) return before;
    if (index >= chunks.length - 1) return complete;
    const names = chunks.slice(0, index + 1).flatMap((chunk) => chunkNames(chunk));
    partial[index] ??= before.with(names.flatMap((name) => settledBy(updates, name)));
    return partial[index];
  };
}

function settledBy(updates: ReadonlyMap<string, NameUpdate>, name: string): readonly (readonly [string, Exception])[] {
  const of = updates.get(name);
  return of === undefined ? [] : [[name, exceptionOf(of.resource, of.before.from)]];
}
