/**
 * One type on one stream: what the client subscribed to, what it holds, what is in flight, and what it said to it. It must
 * not know the other types of the stream; their order comes in as limits.
 */
import { NO_BYTES, NOTHING, NO_NAMES, type Transition } from '../resources/coverage.js';
import type { EncodedResource } from '../resources/resource.js';
import { isFullState, typeOrder } from '../protocol/type-urls.js';
import { type Batch, type Limits, type Mode, type Told, batchFor } from './batch.js';
import type { EffectiveView } from './effective-view.js';
import { Unsure, candidates, eitherOf, lastCertain, mayHold } from './holding.js';
import { type InFlight, isPart, toldBy } from './in-flight.js';
import type { Interest } from './interest.js';
import { withoutAliases } from './named-resources.js';
import { type Refusal, refusedAlone, refusedTogether } from './refusals.js';
import { type Exception, NEWCOMER, NOTHING_NEEDED, Standing, exceptionOf } from './standing.js';
import { holdingOf } from './target.js';
import { Trials } from './trials.js';
import type { RefusedVersions } from './verdicts.js';
import { holdingsOf, newcomerIn, standingIn } from './view-change.js';
import type { VersionedCollection } from './versioned-collection.js';

/** The stream that a subscription belongs to. */
export interface SubscriptionHost {
  /** Something changed: tell the client what may be told. */
  pump(): void;
  /** The stream cannot be brought up to date any more and must begin anew. */
  tooFarBehind(): void;
}

export const UNLIMITED: Limits = {
  changes: Infinity,
  removals: Infinity,
  needed: NOTHING_NEEDED,
  missing: NO_NAMES,
};

/** What a subscription asks of its surroundings. */
export interface SubscriptionSource {
  readonly collection: VersionedCollection;
  readonly view: EffectiveView;
}

/** What a client refused of a response, as its words name it. */
export interface NamedRefusal {
  readonly refusal: Refusal;
  /** Names in the response that are surely meant; empty where that is not known. */
  readonly named: ReadonlySet<string>;
}

/** What a refused chunk of a batch means. */
interface ChunkRefusal {
  readonly exceptions: readonly (readonly [string, Exception])[];
  /** Names that may be sound. */
  readonly suspects: readonly string[];
  /** Others were named. */
  readonly narrowed: boolean;
  /** They stood beside what was sent again. */
  readonly beside: boolean;
}

export class Subscription {
  readonly typeUrl: string;
  readonly mode: Mode;
  readonly order: number;
  /** State of the world of listeners or clusters: each response is everything. */
  readonly fullState: boolean;
  readonly host: SubscriptionHost;
  #collection: VersionedCollection;
  #view: EffectiveView;
  #interest: Interest;
  #standing = NEWCOMER;
  #inFlight: InFlight | undefined;
  /** A batch of which the last chunk sent is answered, and others are still to be sent. */
  #unfinished: InFlight | undefined;
  /** The response in flight was made for another standing: what it tells is taken over name by name. */
  #foreign = false;
  /** Names that are due since the response in flight was sent, and since which sequence number. */
  #marks: ReadonlyMap<string, number> = new Map();
  readonly #trials = new Trials();
  /** What was refused of the batch of which chunks are in flight or still to be sent. */
  #refusals: readonly ChunkRefusal[] = [];
  #named = false;
  #nameBytes: Buffer = NO_BYTES;
  /** An answer is due even if it is empty. */
  #mustAnswer = false;
  /** Nonce of a renewal that is not answered yet. */
  #renewing: string | undefined;
  #lastNonce = '';
  #sentVersion: string | undefined;
  #ackedVersion: string | undefined;
  /** Monotonic milliseconds since which something is held back by the order of types. */
  heldSince: number | undefined;
  #since: number = Date.now();

  constructor(typeUrl: string, mode: Mode, { collection, view }: SubscriptionSource, host: SubscriptionHost) {
    this.typeUrl = typeUrl;
    this.mode = mode;
    this.order = typeOrder(typeUrl);
    this.fullState = mode === 'sotw' && isFullState(typeUrl);
    this.host = host;
    this.#collection = collection;
    this.#view = view;
    this.#interest = collection.interests.join(this, NOTHING);
  }

  get collection(): VersionedCollection {
    return this.#collection;
  }

  get view(): EffectiveView {
    return this.#view;
  }

  get interest(): Interest {
    return this.#interest;
  }

  /** What the client holds, as far as it has answered. */
  get standing(): Standing {
    return this.#standing;
  }

  get inFlight(): InFlight | undefined {
    return this.#inFlight;
  }

  get unfinished(): InFlight | undefined {
    return this.#unfinished;
  }

  /** The client has named something at least once: an empty list means nothing from then on. */
  get named(): boolean {
    return this.#named;
  }

  /** `resource_names` of the last state-of-the-world request, as bytes. */
  get nameBytes(): Buffer {
    return this.#nameBytes;
  }

  get renewing(): string | undefined {
    return this.#renewing;
  }

  get lastNonce(): string {
    return this.#lastNonce;
  }

  get sentVersion(): string | undefined {
    return this.#sentVersion;
  }

  get ackedVersion(): string | undefined {
    return this.#ackedVersion;
  }

  /** Milliseconds since the epoch at which the state that is shown last changed. */
  get since(): number {
    return this.#since;
  }

  /** The last refusal of something that the client does not hold as it is to hold it. */
  get refusal(): Refusal | undefined {
    return this.#standing.summary.refusal;
  }

  /** A response is in flight, or follows one that was. */
  get busy(): boolean {
    return (this.#inFlight ?? this.#unfinished ?? this.#renewing) !== undefined;
  }

  /** Something changed that the client does not hold yet. What is held back for good does not count. */
  get behind(): boolean {
    const { seq, summary } = this.#standing;
    return this.#collection.served && (seq < this.#interest.affectedSeq || summary.dueFrom < Infinity || this.#marks.size > 0);
  }

  /** Nothing to tell, even if nothing held it back. */
  get idle(): boolean {
    if (!this.#collection.served) return true;
    const { exceptions } = this.#standing;
    return !this.behind && !this.#mustAnswer && exceptions.size === 0 && this.#unfinished === undefined && !this.#trials.pending;
  }

  /** While the client is behind it holds what there was at this sequence number. */
  get behindSince(): number {
    const { seq } = this.#standing;
    const flying = (this.#inFlight ?? this.#unfinished)?.batch.to ?? Infinity;
    return Math.min(flying, seq < 0 || seq >= this.#interest.affectedSeq ? Infinity : seq);
  }

  /** Where it stands, or will when what is in flight is answered. */
  *positions(): Generator<number, void> {
    yield this.#standing.seq;
    yield this.#from;
    const { batch } = this.#inFlight ?? this.#unfinished ?? {};
    if (batch === undefined) return;
    yield batch.position.standing.seq;
    yield batch.to;
  }

  /** What there was at this sequence number was told, whether it was answered or not. */
  get toldSince(): number {
    return (this.#inFlight ?? this.#unfinished)?.batch.to ?? this.behindSince;
  }

  /** Everything up to this sequence number has been told and answered, with yes or no. */
  get answeredUpTo(): number {
    const due = Math.min(this.#standing.summary.dueFrom, ...this.#marks.values());
    if (this.#inFlight !== undefined || this.#unfinished !== undefined) return Math.min(this.#from, due);
    return this.behind ? Math.min(this.#from, due) : Infinity;
  }

  /** Everything up to this sequence number has been told. */
  get toldUpTo(): number {
    const { inFlight } = this;
    if (inFlight === undefined || isPart(inFlight) || this.#foreign) return this.answeredUpTo;
    const { to } = inFlight.batch;
    const due = Math.min(Infinity, ...this.#marks.values());
    return Math.min(to >= this.#interest.affectedSeq ? Infinity : to, due);
  }

  /** Where the client stands. The same number for all streams that were up to date before the last change. */
  get #from(): number {
    const { seq } = this.#standing;
    const { affectedSeq, previousSeq } = this.#interest;
    if (seq < previousSeq) return seq;
    return seq >= affectedSeq ? this.#collection.seq : affectedSeq - 1;
  }

  /** Names that it is told, or due to be told, and that it has not answered. */
  *unanswered(): Generator<string, void> {
    yield* (this.#inFlight ?? this.#unfinished)?.batch.told.keys() ?? [];
    for (const [name, { due }] of this.#standing.exceptions) if (due) yield name;
  }

  /** Takes over what a request subscribes to. `again`: everything is told, whatever the client holds. */
  subscribe(transition: Transition, { again, mustAnswer }: { readonly again: boolean; readonly mustAnswer: boolean }): void {
    this.#normalize();
    const before = this.#interest;
    this.#interest = this.#collection.interests.change(this, before, transition);
    this.#mustAnswer = this.#mustAnswer || mustAnswer;
    if (again) {
      this.#forgetHoldings();
      return;
    }
    if (!this.#collection.aliases.empty) this.#pin(before);
    if (this.#standing.exceptions.size > 0) this.#forgetLeft(transition.left);
    this.demand(withoutAliases(this.#collection, transition.answers), this.#collection.seq - 1);
  }

  /** The client has named something. */
  hasNamed(): void {
    this.#named = true;
  }

  /** The names of the last state-of-the-world request. */
  listed(bytes: Buffer): void {
    this.#nameBytes = bytes;
  }

  /** The client is told of these names, changed or not. `from`: the sequence number before that which makes them due. */
  demand(names: ReadonlySet<string>, from: number): void {
    if (names.size === 0) return;
    this.#standing = this.#demanded(names, from);
    if (this.#inFlight === undefined && this.#unfinished === undefined) return;
    // The answer to what is in flight brings another standing.
    const marks = new Map(this.#marks);
    for (const name of names) marks.set(name, Math.min(from, marks.get(name) ?? Infinity));
    this.#marks = marks;
  }

  /** What is demanded is told not before what comes after this sequence number. */
  demandFrom(from: number): void {
    this.#marks = new Map([...this.#marks].map(([name, at]) => [name, Math.min(at, from)]));
    const { exceptions } = this.#standing;
    if (!(this.#standing.summary.dueFrom < Infinity)) return;
    this.#standing = this.#standing.with(
      [...exceptions].filter(([, { due }]) => due).map(([name, exception]) => [name, { ...exception, from: Math.min(exception.from, from) }]),
    );
  }

  /**
   * With aliases, an interest may cover a version of long ago that another one did not: what the client holds by that is written
   * down, when the interest changes and when a response that was made for the other one is answered.
   */
  #pin(before: Interest): void {
    const { seq, exceptions } = this.#standing;
    if (seq < 0) return;
    const scene = this.#scene;
    const pinned: [string, Exception][] = [];
    for (const entry of this.#collection.entries()) {
      if (exceptions.has(entry.name)) continue;
      const held = holdingOf({ ...scene, interest: before }, entry.name, entry);
      if (held !== holdingOf(scene, entry.name, entry)) pinned.push([entry.name, exceptionOf(held, seq, true)]);
    }
    if (pinned.length > 0) this.#standing = this.#standing.with(pinned);
  }

  #demanded(names: ReadonlySet<string>, from: number): Standing {
    this.#normalize();
    const standing = this.#standing;
    if (standing.seq < 0 && standing.exceptions.size === 0) return standing;
    return this.#interest.demanded(standing, names, from, () =>
      standing.with([...names].filter((name) => this.#mayBeTold(name)).map((name) => [name, this.#due(name, from)])),
    );
  }

  /** Not what an alias stood for once, and of which the client has nothing. */
  #mayBeTold(name: string): boolean {
    const { wildcard, names } = this.#interest;
    return wildcard || names.has(name) || this.#collection.get(name) !== undefined || mayHold(this.#holdingOf(name));
  }

  #due(name: string, from: number): Exception {
    const { exceptions } = this.#standing;
    const known = exceptions.get(name);
    const holding = this.#holdingOf(name);
    const maybe = new Unsure(candidates(holding), holding instanceof Unsure && holding.other, lastCertain(holding));
    return { ...(known ?? exceptionOf(maybe, from)), holding: maybe, from: Math.min(from, known?.due === true ? known.from : Infinity), due: true };
  }

  #holdingOf(name: string): ReturnType<typeof holdingOf> {
    return holdingOf(this.#scene, name, this.#collection.entry(name));
  }

  get #scene(): Parameters<typeof holdingOf>[0] {
    return { collection: this.#collection, view: this.#view, interest: this.#interest, standing: this.#standing };
  }

  /** What the client has left it lets go of by itself, unless what it holds has an alias that it still names. */
  #forgetLeft(left: readonly string[]): void {
    const interest = this.#interest;
    const exceptions = new Map(this.#standing.exceptions);
    const stays = (name: string): boolean => {
      const holding = exceptions.get(name)?.holding;
      if (interest.covers(name) || (holding instanceof Unsure && holding.other)) return true;
      return candidates(holding).some((resource) => interest.coversVersion(resource));
    };
    const gone = left.length === 0 ? [] : [...exceptions.keys()].filter((name) => !stays(name));
    if (gone.length === 0) return;
    for (const name of gone) exceptions.delete(name);
    this.#standing = new Standing(this.#standing.seq, exceptions);
  }

  #forgetHoldings(): void {
    this.#standing = NEWCOMER;
    this.#marks = new Map();
    this.#trials.clear();
    this.#refusals = [];
    this.#unfinished = undefined;
    this.#foreign = this.#inFlight !== undefined;
  }

  /** A stream that is up to date stands at the last change: an interest that it takes later may have been concerned before. */
  #normalize(): void {
    const { seq, exceptions } = this.#standing;
    if (seq >= 0 && seq >= this.#interest.affectedSeq && seq !== this.#collection.seq)
      this.#standing = new Standing(this.#collection.seq, exceptions);
  }

  /** The client comes back and holds what there is, but for these. */
  resume(exceptions: ReadonlyMap<string, Exception>): void {
    this.#standing = new Standing(this.#collection.seq, exceptions);
    this.#mustAnswer = false;
  }

  /** The client comes back with this version of all that there is. */
  resumeAt(version: string): void {
    this.resume(new Map());
    this.#sentVersion = version;
    this.#ackedVersion = version;
  }

  /** The next thing to tell within the limits; undefined while there is none. Moves silently over what needs no telling. */
  next(limits: Limits, refused: RefusedVersions, maxBytes: number): Batch | undefined {
    const head = this.#collection.seq;
    const to = Math.min(limits.changes, head);
    const { standing } = this;
    if (standing.seq >= 0 && to < this.#from) return undefined;
    if ((this.fullState || standing.seq < 0) && this.#interest.affectedSeq > to) return undefined;
    // What is due follows changes of other types, so its limit may lie beyond the last change of this one.
    const changes = standing.summary.dueFrom < Infinity ? limits.changes : to;
    const batch = this.#batch({ ...limits, changes, removals: Math.min(limits.removals, head) }, refused, maxBytes);
    if (!batch.empty || this.#mustAnswer) return batch;
    this.#standing = batch.after(batch.chunks.length - 1);
    this.#waits = batch.waits;
    if (!this.#trials.pending) return undefined;
    this.#trials.next();
    return this.next(limits, refused, maxBytes);
  }

  #waits = false;

  /** The order of types holds something back. */
  get waits(): boolean {
    return this.#waits || this.behind;
  }

  #batch(limits: Limits, refused: RefusedVersions, maxBytes: number): Batch {
    const { exceptions, seq } = this.#standing;
    const standing = seq < 0 || this.#from === seq ? this.#standing : new Standing(this.#from, exceptions);
    const { mode, collection, interest, view } = this;
    return batchFor({ mode, collection, interest, view, standing, refused, limits, trial: this.#trials.trial }, maxBytes);
  }

  /** A response with this nonce, the first one of the batch, is on its way. `now` in monotonic milliseconds. */
  sent(batch: Batch, nonce: string, now: number): void {
    this.#mustAnswer = false;
    this.#waits = false;
    this.#fly({ nonce, batch, index: 0, sentAt: now });
  }

  /** The next chunk of the batch that is unfinished is on its way. */
  continued(unfinished: InFlight, nonce: string, now: number): void {
    this.#unfinished = undefined;
    this.#fly({ ...unfinished, nonce, index: unfinished.index + 1, sentAt: now });
  }

  #fly(inFlight: InFlight): void {
    this.#inFlight = inFlight;
    this.#foreign = false;
    this.#lastNonce = inFlight.nonce;
    this.#sentVersion = inFlight.batch.version;
    this.#since = Date.now();
  }

  /** A renewal of what the client holds is on its way: a response with this nonce that tells nothing new. */
  renewed(nonce: string): void {
    this.#renewing = nonce;
    this.#lastNonce = nonce;
  }

  renewalAnswered(): void {
    this.#renewing = undefined;
  }

  /** The client accepted the response in flight. */
  accepted(inFlight: InFlight): void {
    const { batch, index } = inFlight;
    const foreign = this.#foreign;
    this.#ackedVersion = batch.version;
    this.#land(inFlight);
    if (foreign) this.#takeOver(toldBy(inFlight), ({ resource, before }) => exceptionOf(resource, before.from));
    else this.#answered(batch, index);
    this.#settleMarks();
  }

  /** This chunk of the batch was answered, and with the last one the batch. */
  #answered(batch: Batch, index: number): void {
    const standing = batch.after(index);
    this.#standing = this.#refusals.length === 0 ? standing : standing.with(this.#refusals.flatMap(({ exceptions }) => exceptions));
    const { interest } = batch.position;
    if (interest !== this.#interest && !this.#collection.aliases.empty) this.#pin(interest);
    if (this.#unfinished !== undefined) return;
    this.#trials.next();
    for (const refusal of this.#refusals) this.#trials.refused(refusal);
    this.#refusals = [];
  }

  /** The client refused the response in flight. Returns what was new to it of what is surely meant. */
  refused(inFlight: InFlight, { refusal, named }: NamedRefusal): readonly EncodedResource[] {
    const { batch, index } = inFlight;
    const told = toldBy(inFlight);
    const foreign = this.#foreign;
    const news = [...told].filter(([, { again }]) => !again).map(([name]) => name);
    const meant = news.filter((name) => named.has(name) || (told.size === 1 && named.size === 0));
    const suspects = news.filter((name) => !meant.includes(name));
    const exceptionFor = (of: Told, name: string): Exception => {
      // What was sent again beside something new was refused for that, unless it is named.
      if (of.again) return news.length > 0 && !named.has(name) ? of.before : refusedAlone(of, refusal);
      return meant.includes(name) ? refusedAlone(of, refusal) : refusedTogether(of, refusal);
    };
    this.#land(inFlight);
    if (foreign) this.#takeOver(told, exceptionFor);
    else {
      const exceptions = [...told].map(([name, of]) => [name, exceptionFor(of, name)] as const);
      this.#refusals = [...this.#refusals, { exceptions, suspects, narrowed: meant.length > 0, beside: told.size > news.length }];
      this.#answered(batch, index);
    }
    this.#settleMarks();
    return meant.flatMap((name) => told.get(name)?.resource ?? []);
  }

  /** What an answer says of names, where the standing is not that which the response was made for. */
  #takeOver(told: ReadonlyMap<string, Told>, exceptionFor: (of: Told, name: string) => Exception): void {
    const { seq, exceptions } = this.#standing;
    this.#standing = this.#standing.with(
      [...told].map(([name, of]) => {
        const exception = exceptionFor(of, name);
        // A client that is to be told everything is told this, too.
        return [name, seq < 0 && !exceptions.has(name) ? { ...exception, holding: eitherOf(exception.holding, undefined), due: true } : exception];
      }),
    );
  }

  #settleMarks(): void {
    if (this.#marks.size === 0) return;
    const marks = this.#marks;
    if ((this.#inFlight ?? this.#unfinished) === undefined) this.#marks = new Map();
    for (const from of new Set(marks.values()))
      this.#standing = this.#demanded(new Set([...marks].filter(([, at]) => at === from).map(([name]) => name)), from);
  }

  /** The response in flight will not be answered: the client unsubscribed before it came. */
  abandon(): void {
    this.#renewing = undefined;
    this.#inFlight = undefined;
    this.#unfinished = undefined;
    this.#refusals = [];
    this.#settleMarks();
  }

  #land(inFlight: InFlight): void {
    this.#inFlight = undefined;
    this.#since = Date.now();
    this.#unfinished = isPart(inFlight) && !this.#foreign ? inFlight : undefined;
    this.#foreign = false;
  }

  /**
   * Sees another collection from now on. First half, within the transaction; returns the second half, for when the
   * transaction is committed.
   */
  move({ collection, view }: SubscriptionSource): () => void {
    const holdings = holdingsOf({ ...this.#scene, inFlight: this.#inFlight });
    const interest = this.#interest;
    const knew = this.#standing.seq >= 0;
    this.#interest = collection.interests.join(this, interest.coverage);
    this.#collection.interests.release(this, interest);
    this.#collection = collection;
    this.#view = view;
    this.#unfinished = undefined;
    this.#foreign = this.#inFlight !== undefined;
    this.#trials.clear();
    this.#refusals = [];
    return () => {
      this.#standing = knew ? standingIn(this.#scene, holdings) : newcomerIn(holdings);
      this.#settleMarks();
    };
  }

  /** The subscription has ended. */
  release(): void {
    this.#collection.interests.release(this, this.#interest);
  }
}
