/**
 * One type on one stream: what the client subscribed to, what it holds, what is in flight, and what it said to it. It must
 * not know the other types of the stream; their order comes in as limits.
 */
import { NOTHING, NO_NAMES, type Transition, rememberedBytes } from '../resources/coverage.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Mode } from '../protocol/mode.js';
import { isFullState, typeOrder } from '../protocol/type-urls.js';
import type { UpdateBatch, Limits, NameUpdate } from '../batches/batch.js';
import { dueNotAfter, withDue, withUnsent, withoutUnsubscribed } from '../holdings/coverage-change.js';
import { DueNames } from './due-names.js';
import type { EffectiveView } from '../holdings/effective-view.js';
import { Exchange } from './exchange.js';
import { type Exception, type Exceptions, NO_EXCEPTIONS, type Refusal, exceptionOf } from '../holdings/exception.js';
import { SendProgress } from '../batches/send-progress.js';
import { eitherOf } from '../holdings/holding.js';
import { type InFlight, isPart, updatesIn } from '../batches/in-flight.js';
import type { Interest, SubscriptionHost } from './interest.js';
import { withoutAliases } from '../holdings/named-resources.js';
import { batchFor } from '../batches/plan.js';
import { type NamedRefusal, resultOfNack } from '../batches/refusals.js';
import type { SubscriptionState } from '../holdings/subscription-state.js';
import { NEWCOMER, NOTHING_NEEDED, Standing } from '../holdings/standing.js';
import { NackBisection } from '../batches/nack-bisection.js';
import type { RefusedVersions } from '../holdings/verdicts.js';
import type { VersionedCollection } from './versioned-collection.js';
import { holdingsOf, newcomerIn, standingIn } from './view-change.js';

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
  readonly #progress = new SendProgress();
  readonly #dueNames = new DueNames();
  readonly #bisection = new NackBisection();
  readonly exchange = new Exchange();
  /** An answer is due even if it is empty. */
  #mustAnswer = false;
  #waits = false;

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

  /** What the client holds according to its answers so far. */
  get standing(): Standing {
    return this.#standing;
  }

  get inFlight(): InFlight | undefined {
    return this.#progress.inFlight;
  }

  get unfinished(): InFlight | undefined {
    return this.#progress.unfinished;
  }

  /** The last refusal of something that the client does not hold as it is to hold it. */
  get refusal(): Refusal | undefined {
    return this.#standing.summary.refusal;
  }

  /** A response is in flight, or follows one that was. */
  get busy(): boolean {
    return (this.#progress.batch ?? this.exchange.renewing) !== undefined;
  }

  /** Since when the response in flight waits for its answer, in monotonic milliseconds. */
  get unansweredSince(): number | undefined {
    return this.inFlight?.sentAt ?? this.exchange.renewingSince;
  }

  /** Something changed that the client does not hold yet. What is held back for good does not count. */
  get behind(): boolean {
    const { seq } = this.#standing;
    return this.#collection.served && (seq < this.#interest.affectedSeq || this.#dueFrom < Infinity);
  }

  /** There is nothing to send, even without the order of types. */
  get idle(): boolean {
    if (!this.#collection.served) return true;
    const { exceptions } = this.#standing;
    return (
      !this.behind &&
      !this.#mustAnswer &&
      exceptions.size === 0 &&
      this.unfinished === undefined &&
      !this.#bisection.pending
    );
  }

  /** While the client is behind it holds what there was at this sequence number. */
  get behindSince(): number {
    const { seq } = this.#standing;
    const flying = this.#progress.batch?.to ?? Infinity;
    return Math.min(flying, seq < 0 || seq >= this.#interest.affectedSeq ? Infinity : seq);
  }

  /** The sequence number of its standing, now or after the response in flight is answered. */
  *positions(): Generator<number, void> {
    yield this.#standing.seq;
    yield this.#from;
    const { batch } = this.#progress;
    if (batch === undefined) return;
    yield batch.key.standing.seq;
    yield batch.to;
  }

  /** The state at this sequence number was sent, answered or not. */
  get sentSince(): number {
    return this.#progress.batch?.to ?? this.behindSince;
  }

  /** Before the first change that makes something due; Infinity for none. */
  get #dueFrom(): number {
    return Math.min(this.#standing.summary.dueFrom, this.#dueNames.from);
  }

  /** Everything up to this sequence number was sent and answered by an ACK or a NACK. */
  get answeredUpTo(): number {
    return this.#progress.batch !== undefined || this.behind ? Math.min(this.#from, this.#dueFrom) : Infinity;
  }

  /** Everything up to this sequence number was sent. */
  get sentUpTo(): number {
    const { inFlight, outdated } = this.#progress;
    if (inFlight === undefined || isPart(inFlight) || outdated) return this.answeredUpTo;
    const { to } = inFlight.batch;
    return Math.min(to >= this.#interest.affectedSeq ? Infinity : to, this.#dueNames.from);
  }

  /** The sequence number of the standing of the client. The same number for all streams that were up to date before the last change. */
  get #from(): number {
    const { seq } = this.#standing;
    const { affectedSeq, previousSeq } = this.#interest;
    if (seq < previousSeq) return seq;
    return seq >= affectedSeq ? this.#collection.seq : affectedSeq - 1;
  }

  /** Names that were sent or are due, and that the client has not answered. */
  *unanswered(): Generator<string, void> {
    yield* this.#progress.batch?.updates.keys() ?? [];
    for (const [name, { due }] of this.#standing.exceptions) if (due) yield name;
  }

  /** Takes over what a request subscribes to. `again`: everything is sent, whatever the client holds. Throws StreamError beyond a limit. */
  subscribe(
    transition: Transition,
    { again, mustAnswer }: { readonly again: boolean; readonly mustAnswer: boolean },
  ): void {
    const before = this.#interest;
    this.host.memory.require(rememberedBytes(transition.coverage), rememberedBytes(before.coverage));
    this.#normalize();
    this.#interest = this.#collection.interests.change(this, before, transition);
    this.#mustAnswer = this.#mustAnswer || mustAnswer;
    if (again) {
      this.#forgetHoldings();
      return;
    }
    this.#standing = withUnsent(this.#state, before, transition.added);
    // The client drops by itself what it unsubscribes from.
    if (transition.unsubscribed.length > 0) this.#standing = withoutUnsubscribed(this.#state);
    this.demand(withoutAliases(this.#collection, transition.answers), this.#collection.seq - 1);
  }

  /** These names are sent, changed or not. `from`: the sequence number before that which makes them due. */
  demand(names: ReadonlySet<string>, from: number): void {
    if (names.size === 0) return;
    this.#standing = this.#demanded(names, from);
    if (this.#progress.batch !== undefined) this.#dueNames.add(names, from);
  }

  /** Demanded names are sent no earlier than the changes after this sequence number. */
  demandFrom(from: number): void {
    this.#dueNames.notAfter(from);
    this.#standing = dueNotAfter(this.#standing, from);
  }

  #demanded(names: ReadonlySet<string>, from: number): Standing {
    this.#normalize();
    const standing = this.#standing;
    if (standing.seq < 0 && standing.exceptions.size === 0) return standing;
    return this.#interest.demanded(standing, names, from, () => withDue(this.#state, names, from));
  }

  get #state(): SubscriptionState {
    return { collection: this.#collection, view: this.#view, interest: this.#interest, standing: this.#standing };
  }

  #forgetHoldings(): void {
    this.#standing = NEWCOMER;
    this.#dueNames.clear();
    this.#bisection.clear();
    this.#progress.standingChanged();
  }

  /** A stream that is up to date stands at the last change: an interest that it takes later may have been concerned before. */
  #normalize(): void {
    const { seq, exceptions } = this.#standing;
    if (seq >= 0 && seq >= this.#interest.affectedSeq && seq !== this.#collection.seq)
      this.#standing = new Standing(this.#collection.seq, exceptions);
  }

  /** The client reconnects and holds everything that exists, except for these. */
  resume(exceptions: Exceptions): void {
    this.#standing = new Standing(this.#collection.seq, exceptions);
    this.#mustAnswer = false;
  }

  /** The client comes back with this version of all that there is. */
  resumeAt(version: string): void {
    this.resume(NO_EXCEPTIONS);
    this.exchange.resumedAt(version);
  }

  /** The next batch within the limits; undefined while there is none. Advances over changes that need no response. */
  next(limits: Limits, refused: RefusedVersions, maxBytes: number): UpdateBatch | undefined {
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
    if (!this.#bisection.pending) return undefined;
    this.#bisection.next();
    return this.next(limits, refused, maxBytes);
  }

  /** The order of types holds something back. */
  get waits(): boolean {
    return this.#waits || this.behind;
  }

  #batch(limits: Limits, refused: RefusedVersions, maxBytes: number): UpdateBatch {
    const { exceptions, seq } = this.#standing;
    const standing = seq < 0 || this.#from === seq ? this.#standing : new Standing(this.#from, exceptions);
    const { mode, collection, interest, view } = this;
    const bisection = this.#bisection.step;
    return batchFor(
      { mode, collection, interest, view, standing, refused, limits, bisection, comesBack: this.exchange.comesBack },
      interest.recent,
      maxBytes,
    );
  }

  /** A response with this nonce, the first one of the batch, is on its way. `now` in monotonic milliseconds. */
  sent(batch: UpdateBatch, nonce: string, now: number): void {
    this.#mustAnswer = false;
    this.#waits = false;
    this.#track({ nonce, batch, index: 0, sentAt: now });
  }

  /** The next chunk of the batch that is unfinished is on its way. */
  continued(unfinished: InFlight, nonce: string, now: number): void {
    this.#track({ ...unfinished, nonce, index: unfinished.index + 1, sentAt: now });
  }

  #track(inFlight: InFlight): void {
    this.#progress.sent(inFlight);
    this.exchange.sent(inFlight.nonce, inFlight.batch.version);
  }

  /** The client accepted the response in flight. */
  accepted(inFlight: InFlight): void {
    this.exchange.accepted(inFlight.batch.version);
    if (this.#progress.answered(inFlight))
      this.#takeOver([...updatesIn(inFlight)].map(([name, update]) => [name, acceptedOf(update)]));
    else this.#answered(inFlight);
    this.#settleDue();
  }

  /** The client refused the response in flight. Returns what was new to it of what is surely meant. */
  refused(inFlight: InFlight, named: NamedRefusal): readonly EncodedResource[] {
    const updates = updatesIn(inFlight);
    const result = resultOfNack(updates, named);
    this.exchange.refused();
    if (this.#progress.answered(inFlight)) this.#takeOver(result.exceptions);
    else {
      this.#progress.refused(result);
      this.#answered(inFlight);
    }
    this.#settleDue();
    return result.meant.flatMap((name) => updates.get(name)?.resource ?? []);
  }

  /** This chunk of a batch was answered, and with the last one the batch. */
  #answered(inFlight: InFlight): void {
    const { interest } = inFlight.batch.key;
    this.#standing = this.#progress.standingAfter(inFlight);
    if (interest !== this.#interest) this.#standing = withUnsent(this.#state, interest);
    if (this.#progress.unfinished !== undefined) return;
    this.#bisection.next();
    for (const result of this.#progress.finished()) this.#bisection.refused(result);
  }

  /** What an answer says of names, where the standing is not that which the response was made for. */
  #takeOver(answers: readonly (readonly [string, Exception])[]): void {
    const { seq, exceptions } = this.#standing;
    // A client that is sent everything again is sent this too.
    const again = (name: string): boolean => seq < 0 && !exceptions.has(name);
    const sentAgain = (exception: Exception): Exception => ({
      ...exception,
      holding: eitherOf(exception.holding, undefined),
      due: true,
    });
    this.#standing = this.#standing.with(
      answers.map(([name, answer]) => [name, again(name) ? sentAgain(answer) : answer]),
    );
  }

  /** The standing after an answer does not know what became due meanwhile. */
  #settleDue(): void {
    if (this.#dueNames.empty) return;
    for (const [from, names] of this.#dueNames.groups()) this.#standing = this.#demanded(names, from);
    if (this.#progress.batch === undefined) this.#dueNames.clear();
  }

  /** The response in flight will not be answered: the client unsubscribed before it came. */
  abandon(): void {
    this.exchange.renewalOver();
    this.#progress.abandoned();
    this.#settleDue();
  }

  /**
   * Sees another collection from now on. First half, within the transaction; returns the second half, for when the
   * transaction is committed.
   */
  changeView({ collection, view }: SubscriptionSource): () => void {
    const holdings = holdingsOf({ ...this.#state, inFlight: this.inFlight });
    const interest = this.#interest;
    const knew = this.#standing.seq >= 0;
    this.#interest = collection.interests.join(this, interest.coverage);
    this.#collection.interests.release(this, interest);
    this.#collection = collection;
    this.#view = view;
    this.#progress.standingChanged();
    this.#bisection.clear();
    return () => {
      this.#standing = knew ? standingIn(this.#state, holdings) : newcomerIn(holdings);
      this.#settleDue();
    };
  }

  /** The subscription has ended. */
  release(): void {
    this.#collection.interests.release(this, this.#interest);
  }
}

function acceptedOf({ resource, before }: NameUpdate): Exception {
  return exceptionOf(resource, before.from);
}
