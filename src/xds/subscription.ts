/**
 * One type on one stream: what the client subscribed to, how far it has been told, what is in flight, and what it said to
 * it. It must not know the other types of the stream; their order comes in as limits.
 */
import { type Batch, type Mode, type Position, batchFor } from './batch.js';
import { type Interest, NO_NAMES } from './interest.js';
import { type Leaving, NONE_LEAVING, firstLeaving } from './leaving.js';
import { NO_BYTES } from './name-list.js';
import { Retries } from './retries.js';
import { isFullState, typeOrder } from './type-urls.js';
import type { VersionedCollection } from './versioned-collection.js';

/** Told nothing yet. */
export const NOTHING_TOLD = -1;

/** A response that is on its way, one chunk of a batch. */
export interface InFlight {
  readonly nonce: string;
  readonly batch: Batch;
  /** Which of the batch's chunks it is. */
  readonly index: number;
  /** Changes up to this sequence number were told and answered before. */
  readonly from: number;
}

/** The last refusal. */
export interface Refusal {
  readonly version: string;
  readonly message: string;
  /** Names of the resources and removals in the refused response. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

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
  /** An answer is due even if it is empty. */
  mustAnswer = false;
  inFlight: InFlight | undefined;
  /** A batch of which the last chunk sent is answered, and others are still to be sent. */
  unfinished: InFlight | undefined;
  lastNonce = '';
  sentVersion: string | undefined;
  ackedVersion: string | undefined;
  /** Everything up to this sequence number has been accepted. */
  ackedSeq = NOTHING_TOLD;
  refusal: Refusal | undefined;
  /** Changes after this sequence number were refused, and nothing was accepted since; Infinity for none. */
  refusedFrom = Infinity;
  /** Names held back because they refer to clusters that the client refused. */
  held: ReadonlySet<string> = NO_NAMES;
  /** Monotonic milliseconds since which something is held back by the order of types. */
  heldSince: number | undefined;
  /** Milliseconds since the epoch at which the state that is shown last changed. */
  since: number = Date.now();
  readonly host: SubscriptionHost;
  readonly #retries = new Retries();
  #refusedBatch: Batch | undefined;

  constructor(typeUrl: string, mode: Mode, collection: VersionedCollection, host: SubscriptionHost) {
    this.typeUrl = typeUrl;
    this.mode = mode;
    this.order = typeOrder(typeUrl);
    this.fullState = mode === 'sotw' && isFullState(typeUrl);
    this.host = host;
    this.collection = collection;
    this.interest = collection.interests.assign(this, false, NO_NAMES, undefined);
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
    return this.told ? Infinity : Math.min(this.#from(), this.owedSeq - 1);
  }

  /** Everything up to this sequence number has been told and answered, with yes or no. */
  get answeredUpTo(): number {
    return Math.min(this.toldUpTo, this.inFlight?.from ?? Infinity, this.unfinished?.from ?? Infinity);
  }

  /** Everything up to this sequence number has been accepted. */
  get acceptedUpTo(): number {
    return Math.min(this.answeredUpTo, this.refusedFrom, this.held.size > 0 ? this.ackedSeq : Infinity);
  }

  /** All removals up to this sequence number have been told and answered. */
  get removedUpTo(): number {
    const flying = (this.inFlight ?? this.unfinished)?.batch.removalSeq ?? Infinity;
    return Math.min(this.toldUpTo, firstLeaving(this.leaving) - 1, flying - 1);
  }

  /** Nothing to tell, even if nothing held it back. */
  get idle(): boolean {
    if (!this.collection.served) return true;
    return this.told && !this.mustAnswer && this.leaving.length === 0 && this.unfinished === undefined;
  }

  /** Where the client stands. The same number for all streams that were up to date before the last change. */
  #from(): number {
    const { affectedSeq, previousSeq } = this.interest;
    if (this.sentSeq < previousSeq) return this.sentSeq;
    return this.sentSeq >= affectedSeq ? this.collection.seq : affectedSeq - 1;
  }

  /** Covers this from now on. What changes by it must be owed by the caller. */
  cover(wildcard: boolean, names: ReadonlySet<string>, key?: string): void {
    if (this.sentSeq >= 0 && this.sentSeq >= this.interest.affectedSeq) this.sentSeq = this.collection.seq;
    this.interest = this.collection.interests.assign(this, wildcard, names, this.interest, key);
  }

  /** These names must be told, changed or not; `seq` says where in the order of changes. */
  owe(names: ReadonlySet<string>, seq: number): void {
    if (names.size === 0) return;
    this.owed = this.owed.size === 0 ? names : new Set([...this.owed, ...names]);
    this.owedSeq = Math.min(this.owedSeq, seq);
  }

  /** Everything covered must be told again. */
  oweEverything(): void {
    this.sentSeq = NOTHING_TOLD;
  }

  /** The next thing to tell within the limits; undefined while there is none. Moves silently over what needs no telling. */
  next(limits: Limits, maxBytes: number): Batch | undefined {
    const head = this.collection.seq;
    const to = Math.min(limits.changes, head);
    if (this.sentSeq >= 0 && to < this.#from()) return undefined;
    if ((this.fullState || this.sentSeq < 0) && this.interest.affectedSeq > to && !this.told) return undefined;
    const batch = batchFor(this.collection, this.interest, this.#position(limits, to), maxBytes);
    if (!batch.empty || this.mustAnswer) return batch;
    this.skip(batch);
    return undefined;
  }

  #position(limits: Limits, to: number): Position {
    return {
      mode: this.mode,
      from: this.sentSeq < 0 ? NOTHING_TOLD : this.#from(),
      to,
      gate: Math.min(limits.removals, this.collection.seq),
      owed: this.owedSeq <= limits.changes ? this.owed : NO_NAMES,
      leaving: this.leaving,
    };
  }

  /** A response with this nonce, the first one of the batch, is on its way. */
  sent(batch: Batch, nonce: string): void {
    const removalsOnly = batch.changed.length === 0 && batch.from >= 0;
    const from = removalsOnly ? Infinity : Math.min(batch.from, this.owedSeq - 1);
    this.#retries.sending(batch);
    this.skip(batch);
    this.mustAnswer = false;
    this.#fly({ nonce, batch, index: 0, from });
  }

  /** The next chunk of the batch that is unfinished is on its way. */
  continued(unfinished: InFlight, nonce: string): void {
    this.unfinished = undefined;
    this.#fly({ ...unfinished, nonce, index: unfinished.index + 1 });
  }

  /** Stands after the batch from now on. */
  skip(batch: Batch): void {
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
    const { batch } = inFlight;
    this.#landed(inFlight);
    this.ackedVersion = batch.version;
    if (batch === this.#refusedBatch) return;
    this.#refusedBatch = undefined;
    this.refusal = undefined;
    this.refusedFrom = Infinity;
    if (this.unfinished === undefined) this.ackedSeq = batch.to;
  }

  /** The client refused the response in flight. It is not sent again; what may be sound in it follows the next change. */
  refused(inFlight: InFlight, message: string): void {
    const { batch, from, index } = inFlight;
    this.#landed(inFlight);
    const names = chunkNames(batch, index);
    this.refusal = { version: batch.version, message, names, at: Date.now() };
    this.refusedFrom = Math.min(this.refusedFrom, from);
    this.#refusedBatch = batch;
    if (!this.fullState) this.#retries.refused(batch, names);
  }

  /** The response in flight will not be answered: the client unsubscribed before it came. */
  abandon(): void {
    if (this.inFlight !== undefined) this.#landed(this.inFlight);
    this.unfinished = undefined;
  }

  #landed(inFlight: InFlight): void {
    this.inFlight = undefined;
    this.since = Date.now();
    this.unfinished = inFlight.index + 1 < inFlight.batch.chunks.length ? inFlight : undefined;
    if (this.unfinished === undefined) this.owe(this.#retries.next(), this.collection.seq);
  }
}

/** Names of the resources and removals in one response of a batch. */
export function chunkNames(batch: Batch, index: number): readonly string[] {
  const chunk = batch.chunks[index];
  return chunk === undefined ? [] : [...chunk.resources.map(({ name }) => name), ...chunk.removed];
}
