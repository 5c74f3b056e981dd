/**
 * Makes a batch: decides for each name whether and when it is sent. A batch depends on the interest and the standing, not on the stream.
 */
import type { Entry } from '../resources/change-list.js';
import { type EncodedResource, isSameResource, unresolved } from '../resources/resource.js';
import { CLUSTER_LOAD_ASSIGNMENT, VIRTUAL_HOST, isFullState, outlivesDeletion } from '../protocol/type-urls.js';
import type { UpdateBatch, BatchKey, NameUpdate } from './batch.js';
import { type Exception, NO_EXCEPTIONS, exceptionOf } from '../holdings/exception.js';
import { Unsure, candidates, lastCertain, mayHold } from '../holdings/holding.js';
import { isNamed, namedEntries } from '../holdings/named-resources.js';
import { fullState, restated } from './full-state.js';
import { chunksOf } from './response.js';
import { holdingOf } from '../holdings/subscription-state.js';
import { Standing, needs } from '../holdings/standing.js';
import { stateVersion } from '../holdings/state-version.js';
import { standingsAfter } from './standings-after.js';
import { type Decision, decide } from './target.js';

/** Names without resources that are answered in one batch. Few are left for long, and a client may ask for any number. */
const MAX_MISSING = 1_000;

/** Makes the batch for a key. `maxBytes`: maximum size of a response, except for a full state. */
export function planBatch(key: BatchKey, maxBytes: number): UpdateBatch {
  return new Plan(key).batch(maxBytes);
}

/** The decisions for one batch, name by name. */
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
    const resources =
      this.#full && updates.size > 0 ? fullState(this.#key, updates, this.#kept) : [...changed, ...this.#missing];
    const content = { mode, typeUrl: collection.typeUrl, version, resources, changed, removed: this.#removed };
    const chunks = chunksOf(content, this.#full ? Infinity : maxBytes);
    const to = this.#to;
    // A stream without updates keeps its standing object, so that it finds the batches for this object again.
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
      after: standingsAfter(standing, updates, chunks, after),
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

  /** The name changed after the last change that may be sent now. */
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
        if (before.due) this.#sendDue(name, resource, before);
        else this.#offer(name, resource, before);
      }
    }
  }

  /** A due name follows the changes that made it due. */
  #sendDue(name: string, resource: EncodedResource, before: Exception): void {
    if (before.from + 1 <= this.#key.limits.changes) {
      this.#offer(name, resource, before);
      return;
    }
    this.#waits = true;
    this.#keep(name, before);
  }

  #offer(name: string, resource: EncodedResource, before: Exception): void {
    const { limits, bisection } = this.#key;
    if (bisection.waiting.has(name) || lacks(resource, limits.missing))
      this.#keep(name, waiting(before, before.from, Infinity));
    else this.#send(name, resource, before);
  }

  #send(name: string, resource: EncodedResource, before: Exception): void {
    this.#updates.set(name, { resource, before, again: false });
    // The client rejected the shown version, so it will hold another one than what is shown.
    if (!isSameResource(resource, this.#shown(name)))
      this.#kept.set(name, { ...before, holding: resource, due: false, removal: Infinity });
  }

  #keep(name: string, before: Exception): void {
    const { holding, nack, due } = before;
    if (holding !== undefined || nack !== undefined || due || this.#differs(name)) this.#retain(name, before);
  }

  /** The client keeps what it holds. A full state must contain it. */
  #retain(name: string, exception: Exception): void {
    const stated = this.#full && exception.holding instanceof Unsure ? restated(exception) : undefined;
    if (stated !== undefined) this.#updates.set(name, { resource: stated.resource, before: exception, again: true });
    this.#kept.set(name, stated === undefined ? exception : { ...exception, holding: stated.resource });
  }

  /** Whether the client does not hold what is shown under this name. */
  #differs(name: string): boolean {
    return this.#shown(name) !== undefined;
  }

  #shown(name: string): EncodedResource | undefined {
    const { collection, view } = this.#key;
    const entry = collection.entry(name);
    return entry && view.shown(collection, entry);
  }

  #remove(name: string, entry: Entry | undefined, before: Exception): void {
    if (mayHold(before.holding)) this.#removeHeld(name, entry, before);
    else this.#removeUnheld(name, entry, before);
  }

  #removeHeld(name: string, entry: Entry | undefined, before: Exception): void {
    const { mode, collection, interest, limits } = this.#key;
    const seq = entry?.seq ?? 0;
    if ((mode === 'sotw' && !this.#full) || (outlivesDeletion(collection.typeUrl) && interest.namesResource(name))) {
      if (interest.covers(name) && !this.#sentAgain(name, before))
        this.#kept.set(name, { ...before, due: false, removal: Infinity });
    } else if (seq > limits.removals || needs(limits.needed, name)) {
      if (seq > limits.removals) this.#waits = true;
      if (this.#sentAgain(name, before)) return;
      if (this.#isAwaited(before)) this.#sendRemoval(name, before);
      else this.#retain(name, waiting(before, Math.min(before.from, seq - 1), seq));
    } else this.#sendRemoval(name, before);
  }

  /** Whether a cluster warms until it gets this load assignment. Envoy takes no other clusters meanwhile. */
  #isAwaited({ due }: Exception): boolean {
    return due && this.#key.collection.typeUrl === CLUSTER_LOAD_ASSIGNMENT;
  }

  /**
   * The client waits for a load assignment that is deleted, so it gets again what it holds: its old cluster must serve until the routes have
   * left it. Returns false if it does not wait, or what it holds is not known.
   */
  #sentAgain(name: string, before: Exception): boolean {
    const held = lastCertain(before.holding) ?? candidates(before.holding).at(-1);
    if (!this.#isAwaited(before) || held === undefined) return false;
    this.#sendDue(name, held, before);
    return true;
  }

  #removeUnheld(name: string, entry: Entry | undefined, before: Exception): void {
    const { mode, collection } = this.#key;
    if (mode === 'sotw' && !this.#full) {
      if (before.due) this.#answerMissing(name, before);
    } else if (entry === undefined && isNamed(collection, name)) {
      if (before.due) this.#sendNamed(name, before);
    } else this.#sendRemoval(name, before);
  }

  /** A resource got this alias after the client subscribed to the alias. It is sent even if the client held it before. */
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
    const { mode, collection } = this.#key;
    this.#updates.set(name, { resource: undefined, before, again: false });
    if (mode !== 'delta') return;
    // A request may wait for a virtual host that the client does not have.
    if (collection.typeUrl !== VIRTUAL_HOST || mayHold(before.holding)) this.#removed.push(name);
    else this.#missing.push(unresolved(VIRTUAL_HOST, name));
  }

  #sendMissing(name: string): void {
    const { mode, standing } = this.#key;
    const before = exceptionOf(undefined, standing.seq);
    if (mode === 'delta') this.#sendRemoval(name, before);
    else this.#answerMissing(name, before);
  }

  /**
   * The client waits for an answer, and state of the world cannot say that there is nothing. A client that came back may hold what it asked
   * for first: it does not say, and an empty load assignment would take it away.
   */
  #answerMissing(name: string, before: Exception): void {
    const { mode, collection, carriedOver } = this.#key;
    if (
      mode !== 'sotw' ||
      carriedOver.wildcard ||
      carriedOver.names.has(name) ||
      this.#full ||
      this.#missing.length === MAX_MISSING
    )
      return;
    const answer =
      collection.get(name) === undefined && !isNamed(collection, name) ? collection.missing(name) : undefined;
    if (answer === undefined) return;
    this.#updates.set(name, { resource: undefined, before, again: false });
    this.#missing.push(answer);
  }
}

/** An exception for an update that is not sent now. The same object if nothing changes. */
function waiting(exception: Exception, from: number, removal: number): Exception {
  if (!exception.due && exception.from === from && exception.removal === removal) return exception;
  return { ...exception, from, due: false, removal };
}

function isSameStanding(one: Standing, seq: number, exceptions: ReadonlyMap<string, Exception>): boolean {
  if (one.seq !== seq || one.exceptions.size !== exceptions.size) return false;
  for (const [name, exception] of exceptions) if (one.exceptions.get(name) !== exception) return false;
  return true;
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
