/**
 * One type on one stream: what the client subscribed to, how far it has been told, what is in flight, and what it said to
 * it. It must not know the other types of the stream; their order comes in as limits.
 */
import { type Batch, type Mode, type Position, batchFor } from './batch.js';
import { type InFlight, chunkNames, isPart } from './in-flight.js';
import { NOTHING, NO_BYTES, NO_NAMES, type Transition } from '../resources/coverage.js';
import { type Entry, shownSince } from '../resources/change-list.js';
import { Held } from './held.js';
import type { Interest } from './interest.js';
import { type Kept, NONE_KEPT, withoutKept } from './kept.js';
import { type Leaving, NONE_LEAVING, firstLeaving } from './leaving.js';
import { type Refusal, Refusals } from './refusals.js';
import type { EncodedResource } from '../resources/resource.js';
import { Retries } from './retries.js';
import { isFullState, outlivesDeletion, typeOrder } from '../protocol/type-urls.js';
import type { VersionedCollection } from './versioned-collection.js';

/** Told nothing yet. */
export const NOTHING_TOLD = -1;

/** How far a subscription may go now. */
export interface Limits {
  /** Changes up to this sequence number may be told. */
  readonly changes: number;
  /** Removals up to this sequence number may be told. */
  readonly removals: number;
}

export const UNLIMITED: Limits = { changes: Infinity, removals: Infinity };

/** The stream that a subscription belongs to. */
export interface SubscriptionHost {
  /** Something changed: tell the client what may be told. */
  pump(): void;
  /** The stream cannot be brought up to date any more and must begin anew. */
  tooFarBehind(): void;
}

export class Subscription {
  readonly typeUrl: string;
  readonly mode: Mode;
  readonly order: number;
  /** State of the world of listeners or clusters: each response is everything. */
  readonly fullState: boolean;
  collection: VersionedCollection;
  interest: Interest;
  /** The client has named something at least once: an empty list means nothing from then on. */
  named = false;
  /** `resource_names` of the last state-of-the-world request, as bytes. */
  nameBytes: Buffer = NO_BYTES;
  /** Sequence number up to which the client has been told. */
  sentSeq = NOTHING_TOLD;
  owed: ReadonlySet<string> = NO_NAMES;
  /** Since which sequence number something is owed; Infinity for nothing. */
  owedSeq = Infinity;
  leaving: Leaving = NONE_LEAVING;
  /** The client was told of further names of resources, and may have some under names that they have lost. */
  aliased = false;
  /** What the client has although it is withheld from others. */
  kept: Kept = NONE_KEPT;
  /** An answer is due even if it is empty. */
  mustAnswer = false;
  inFlight: InFlight | undefined;
  /** A batch of which the last chunk sent is answered, and others are still to be sent. */
  unfinished: InFlight | undefined;
  /** Nonce of a renewal that is not answered yet. */
  renewing: string | undefined;
  lastNonce = '';
  sentVersion: string | undefined;
  ackedVersion: string | undefined;
  /** Everything up to this sequence number has been accepted. */
  ackedSeq = NOTHING_TOLD;
  /** Names held back because they refer to clusters that the client does not have. */
  readonly held = new Held();
  /** Monotonic milliseconds since which something is held back by the order of types. */
  heldSince: number | undefined;
  /** Milliseconds since the epoch at which the state that is shown last changed. */
  since: number = Date.now();
  readonly host: SubscriptionHost;
  readonly #retries = new Retries();
  readonly #refusals = new Refusals();
  /**
   * Where it stood before it told a part of what changed since: of a name that changed twice, only the last change is known,
   * and that may be untold. Infinity while it is not in between.
   */
  #partlyToldFrom = Infinity;

  constructor(typeUrl: string, mode: Mode, collection: VersionedCollection, host: SubscriptionHost) {
    this.typeUrl = typeUrl;
    this.mode = mode;
    this.order = typeOrder(typeUrl);
    this.fullState = mode === 'sotw' && isFullState(typeUrl);
    this.host = host;
    this.collection = collection;
    this.interest = collection.interests.join(this, NOTHING);
  }

  /** No change that this subscription covers is untold. Removals that are held back do not count. */
  get told(): boolean {
    return !this.collection.served || (this.owedSeq === Infinity && this.sentSeq >= this.interest.affectedSeq);
  }

  /** Changes up to here need not be remembered for this subscription. */
  get toldSeq(): number {
    return this.sentSeq < 0 || this.sentSeq >= this.interest.affectedSeq ? Infinity : this.sentSeq;
  }

  /** Everything up to this sequence number has been told. */
  get toldUpTo(): number {
    const told = this.told ? Infinity : Math.min(this.#from(), this.owedSeq - 1);
    const { inFlight } = this;
    const partial = this.unfinished ?? (inFlight !== undefined && isPart(inFlight) ? inFlight : undefined);
    return Math.min(told, partial?.from ?? Infinity, this.#partlyToldFrom);
  }

  /** Everything up to this sequence number has been told and answered, with yes or no. */
  get answeredUpTo(): number {
    return Math.min(this.toldUpTo, this.inFlight?.from ?? Infinity);
  }

  /** Everything up to this sequence number has been accepted, and each removal told and answered. */
  get acceptedUpTo(): number {
    return Math.min(this.answeredUpTo, this.refusedFrom, this.held.from, this.removedUpTo);
  }

  /** All removals up to this sequence number have been told and answered. */
  get removedUpTo(): number {
    const flying = (this.inFlight ?? this.unfinished)?.batch.removalSeq ?? Infinity;
    return Math.min(this.toldUpTo, firstLeaving(this.leaving) - 1, flying - 1);
  }

  /** A response is in flight, or follows one that was. */
  get busy(): boolean {
    return (this.inFlight ?? this.unfinished ?? this.renewing) !== undefined;
  }

  /** Nothing to tell, even if nothing held it back. */
  isIdle(): boolean {
    if (!this.collection.served) return true;
    return this.told && !this.mustAnswer && this.leaving.length === 0 && this.unfinished === undefined;
  }

  /** Where the client stands. The same number for all streams that were up to date before the last change. */
  #from(): number {
    const { affectedSeq, previousSeq } = this.interest;
    if (this.sentSeq < previousSeq) return this.sentSeq;
    return this.sentSeq >= affectedSeq ? this.collection.seq : affectedSeq - 1;
  }

  /** Covers something else from now on. What must be told by that must be owed by the caller. */
  cover(transition: Transition): void {
    if (this.sentSeq >= 0 && this.sentSeq >= this.interest.affectedSeq) this.sentSeq = this.collection.seq;
    this.interest = this.collection.interests.change(this, this.interest, transition);
  }

  /** These names must be told, changed or not; `seq` says where in the order of changes. */
  owe(names: ReadonlySet<string>, seq: number): void {
    if (names.size === 0) return;
    this.owed = this.owed.size === 0 ? names : new Set([...this.owed, ...names]);
    this.owedSeq = Math.min(this.owedSeq, seq);
  }

  /** Whether the client was sent what the entry shows, and has not refused it. */
  has(entry: Entry): boolean {
    const { name, seq } = entry;
    if (this.sentSeq < seq || this.owed.has(name) || this.held.has(name)) return false;
    return this.#refusals.of(name) === undefined;
  }

  /** The client refused what it had kept of this name. */
  lose(name: string): void {
    this.kept = withoutKept(this.kept, [name]);
  }

  /** The client refused the newest version: what is shown instead is owed, unless it accepted that before. */
  fallBack({ name, version }: EncodedResource): void {
    const entry = this.collection.entry(name);
    if (entry?.resource === undefined || entry.withheld?.version !== version) return;
    if (shownSince(entry) > this.ackedSeq) this.owe(new Set([name]), this.collection.seq);
  }

  /** What was held back is owed now. */
  release(): void {
    const { names, from } = this.held.release();
    this.owe(names, from + 1);
  }

  /** Everything covered must be told again. */
  oweEverything(): void {
    this.sentSeq = NOTHING_TOLD;
  }

  /**
   * The next thing to tell within the limits; undefined while there is none. Moves silently over what needs no telling.
   * `refused`: names that the client never accepted.
   */
  next(limits: Limits, maxBytes: number, refused = NO_NAMES): Batch | undefined {
    const head = this.collection.seq;
    const to = Math.min(limits.changes, head);
    if (this.sentSeq >= 0 && to < this.#from()) return undefined;
    if ((this.fullState || this.sentSeq < 0) && this.interest.affectedSeq > to && !this.told) return undefined;
    const batch = batchFor(this.collection, this.interest, this.#position(limits, to, refused), maxBytes);
    if (!batch.empty || this.mustAnswer) return batch;
    const changed = batch.from < this.interest.affectedSeq;
    this.skip(batch);
    const due = changed ? this.#retries.changed() : this.#retries.next();
    if (due.size === 0) return undefined;
    this.#oweAgain(due);
    return this.next(limits, maxBytes, refused);
  }

  #position(limits: Limits, to: number, refused: ReadonlySet<string>): Position {
    return {
      mode: this.mode,
      from: this.sentSeq < 0 ? NOTHING_TOLD : this.#from(),
      to,
      gate: Math.min(limits.removals, this.collection.seq),
      owed: this.owedSeq <= limits.changes ? this.owed : NO_NAMES,
      leaving: this.leaving,
      kept: this.kept,
      refused,
    };
  }

  /** A response with this nonce, the first one of the batch, is on its way. `now` in monotonic milliseconds. */
  sent(batch: Batch, nonce: string, now: number): void {
    const removalsOnly = batch.changed.length === 0 && batch.from >= 0;
    const from = removalsOnly ? Infinity : Math.min(batch.from, this.owedSeq - 1);
    this.#retries.sending(batch);
    this.held.sent(batch);
    this.aliased ||= batch.aliased;
    this.skip(batch);
    this.mustAnswer = false;
    this.#fly({ nonce, batch, index: 0, from, sentAt: now });
  }

  /** A renewal of what the client has is on its way: a response with this nonce that tells nothing new. */
  renewed(nonce: string): void {
    this.renewing = nonce;
    this.lastNonce = nonce;
  }

  /** The next chunk of the batch that is unfinished is on its way. */
  continued(unfinished: InFlight, nonce: string, now: number): void {
    this.unfinished = undefined;
    this.#fly({ ...unfinished, nonce, index: unfinished.index + 1, sentAt: now });
  }

  /** Stands after the batch from now on. */
  skip(batch: Batch): void {
    const partly = batch.to < this.interest.affectedSeq;
    this.#partlyToldFrom = partly ? Math.min(this.#partlyToldFrom, batch.from, this.owedSeq - 1) : Infinity;
    this.sentSeq = batch.to;
    this.leaving = batch.stillLeaving;
    if (batch.owed !== this.owed) return;
    this.owed = NO_NAMES;
    this.owedSeq = Infinity;
  }

  #fly(inFlight: InFlight): void {
    this.inFlight = inFlight;
    this.lastNonce = inFlight.nonce;
    this.sentVersion = inFlight.batch.version;
    this.since = Date.now();
  }

  /** The client accepted the response in flight. */
  accepted(inFlight: InFlight): void {
    const { batch, index } = inFlight;
    this.#landed(inFlight);
    this.ackedVersion = batch.version;
    if (this.#refusals.last !== undefined)
      this.#refusals.accepted(this.fullState ? undefined : chunkNames(batch, index));
    if (this.unfinished === undefined) this.ackedSeq = batch.to;
  }

  /** The client refused the response in flight. It is not sent again; what may be sound in it follows the next change. */
  refused(inFlight: InFlight, message: string): void {
    const { batch, from, index } = inFlight;
    this.#landed(inFlight);
    const names = chunkNames(batch, index);
    const resources = batch.chunks[index]?.resources.map(({ name }) => name) ?? [];
    const fresh = new Set(batch.changed.map(({ name }) => name));
    this.#refusals.add({ version: batch.version, message, names, at: Date.now() }, resources, fresh, from);
    if (!this.fullState) this.#retries.refused(batch, names);
  }

  /** What was refused last, while something that exists is still refused. */
  get refusal(): Refusal | undefined {
    this.#refusals.forget((name) => this.interest.covers(name) && this.collection.newest(name) !== undefined);
    return this.#refusals.last;
  }

  /** The refusal of this resource, while it exists and is not accepted. */
  refusalOf(name: string): Refusal | undefined {
    return this.#refusals.of(name);
  }

  /** Changes after this sequence number were refused, and are not all accepted; Infinity for none. */
  get refusedFrom(): number {
    return this.refusal === undefined ? Infinity : this.#refusals.from;
  }

  /** The response in flight will not be answered: the client unsubscribed before it came. */
  abandon(): void {
    this.renewing = undefined;
    if (this.inFlight !== undefined) this.#landed(this.inFlight);
    this.unfinished = undefined;
  }

  #landed(inFlight: InFlight): void {
    this.inFlight = undefined;
    this.since = Date.now();
    this.unfinished = isPart(inFlight) ? inFlight : undefined;
    if (this.unfinished === undefined) this.#oweAgain(this.#retries.next());
  }

  /** Of what was refused, a client is not told that it is gone if it would not be told otherwise. */
  #oweAgain(names: ReadonlySet<string>): void {
    const { typeUrl, collection } = this;
    const exists = (name: string): boolean => collection.get(name) !== undefined;
    this.owe(outlivesDeletion(typeUrl) ? new Set([...names].filter(exists)) : names, collection.seq);
  }
}
