/**
 * One type on one stream: what the client subscribes to, what it holds, and what is in flight. It must not know the other types of the
 * stream. Their order reaches it as limits.
 */
import { NOTHING, NO_NAMES, type Transition } from '../resources/coverage.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Mode } from '../protocol/mode.js';
import { isFullState, typeOrder } from '../protocol/type-urls.js';
import type { UpdateBatch, Limits, NameUpdate } from '../batches/batch.js';
import { dueNotAfter, withDue, withUnsent, withoutUnsubscribed } from '../holdings/coverage-change.js';
import { DueNames } from './due-names.js';
import type { EffectiveView } from '../holdings/effective-view.js';
import { Exchange } from './exchange.js';
import { type Exception, type Exceptions, NO_EXCEPTIONS, type Nack, exceptionOf } from '../holdings/exception.js';
import { SendProgress } from '../batches/send-progress.js';
import { eitherOf } from '../holdings/holding.js';
import { type InFlight, isPart, updatesIn } from '../batches/in-flight.js';
import type { Interest, SubscriptionHost } from './interest.js';
import { withoutAliases } from '../holdings/named-resources.js';
import { batchFor } from '../batches/plan.js';
import { type NamedNack, resultOfNack } from '../batches/nack-result.js';
import type { SubscriptionState } from '../holdings/subscription-state.js';
import { NEWCOMER, NOTHING_NEEDED, Standing } from '../holdings/standing.js';
import { NackBisection } from '../batches/nack-bisection.js';
import type { RejectedVersions } from '../holdings/verdicts.js';
import type { VersionedCollection } from './versioned-collection.js';
import { holdingsOf, newcomerIn, standingIn } from './view-change.js';

export const UNLIMITED: Limits = {
  changes: Infinity,
  removals: Infinity,
  needed: NOTHING_NEEDED,
  missing: NO_NAMES,
};

/** The collection of a subscription, and the view that decides what is shown of it. */
export interface SubscriptionSource {
  readonly collection: VersionedCollection;
  readonly view: EffectiveView;
}

export class Subscription {
  readonly typeUrl: string;
  readonly mode: Mode;
  readonly order: number;
  /** Whether each response contains the full state: for listeners and clusters in the state-of-the-world variant. */
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
  /** Whether the next response must be sent even if it is empty. */
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

  /** What the client holds, by its answers so far. */
  get standing(): Standing {
    return this.#standing;
  }

  get inFlight(): InFlight | undefined {
    return this.#progress.inFlight;
  }

  get unfinished(): InFlight | undefined {
    return this.#progress.unfinished;
  }

  /** The last NACK of a name for which the client does not hold its target. */
  get nack(): Nack | undefined {
    return this.#standing.summary.nack;
  }

  /** Whether a response is in flight, or further chunks of its batch follow. */
  get busy(): boolean {
    return (this.#progress.batch ?? this.exchange.renewing) !== undefined;
  }

  /** Whether a change exists that the client does not hold. Updates that are withheld for ever do not count. */
  get behind(): boolean {
    const { seq } = this.#standing;
    return this.#collection.served && (seq < this.#interest.affectedSeq || this.#dueFrom < Infinity);
  }

  /** Whether there is nothing to send, independently of the order of types. */
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

  /** While the client is behind: the sequence number of the state that it holds. */
  get behindSince(): number {
    const { seq } = this.#standing;
    const flying = this.#progress.batch?.to ?? Infinity;
    return Math.min(flying, seq < 0 || seq >= this.#interest.affectedSeq ? Infinity : seq);
  }

  /** The sequence numbers of its standing, now and after the response in flight is answered. */
  *positions(): Generator<number, void> {
    yield this.#standing.seq;
    yield this.#from;
    const { batch } = this.#progress;
    if (batch === undefined) return;
    yield batch.key.standing.seq;
    yield batch.to;
  }

  /** The state at this sequence number was sent, but may not be answered. */
  get sentSince(): number {
    return this.#progress.batch?.to ?? this.behindSince;
  }

  /** One less than the sequence number of the first due change. Infinity: none. */
  get #dueFrom(): number {
    return Math.min(this.#standing.summary.dueFrom, this.#dueNames.from);
  }

  /** All changes up to this sequence number were sent, and answered by an ACK or NACK. */
  get answeredUpTo(): number {
    return this.#progress.batch !== undefined || this.behind ? Math.min(this.#from, this.#dueFrom) : Infinity;
  }

  /** All changes up to this sequence number were sent. */
  get sentUpTo(): number {
    const { inFlight, outdated } = this.#progress;
    if (inFlight === undefined || isPart(inFlight) || outdated) return this.answeredUpTo;
    const { to } = inFlight.batch;
    return Math.min(to >= this.#interest.affectedSeq ? Infinity : to, this.#dueNames.from);
  }

  /** The sequence number of the client's standing. The same for all streams that were up to date before the last change. */
  get #from(): number {
    const { seq } = this.#standing;
    const { affectedSeq, previousSeq } = this.#interest;
    if (seq < previousSeq) return seq;
    return seq >= affectedSeq ? this.#collection.seq : affectedSeq - 1;
  }

  /** Names that are in flight or due. */
  *unanswered(): Generator<string, void> {
    yield* this.#progress.batch?.updates.keys() ?? [];
    for (const [name, { due }] of this.#standing.exceptions) if (due) yield name;
  }

  /** Applies the subscription of a request. `again`: everything is sent, even if the client holds it. */
  subscribe(
    transition: Transition,
    { again, mustAnswer }: { readonly again: boolean; readonly mustAnswer: boolean },
  ): void {
    this.#normalize();
    const before = this.#interest;
    this.#interest = this.#collection.interests.change(this, before, transition);
    this.#mustAnswer = this.#mustAnswer || mustAnswer;
    if (again) {
      this.#forgetHoldings();
      return;
    }
    this.#standing = withUnsent(this.#state, before, transition.added);
    // The client itself drops resources that it unsubscribes from.
    if (transition.unsubscribed.length > 0) this.#standing = withoutUnsubscribed(this.#state);
    this.demand(withoutAliases(this.#collection, transition.answers), this.#collection.seq - 1);
  }

  /** These names must be sent, changed or not. `from`: one less than the sequence number that makes them due. */
  demand(names: ReadonlySet<string>, from: number): void {
    if (names.size === 0) return;
    this.#standing = this.#demanded(names, from);
    if (this.#progress.batch !== undefined) this.#dueNames.add(names, from);
  }

  /** Due names are sent no earlier than the changes after this sequence number. */
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

  /** An up-to-date stream gets the sequence number of the last change, because an interest that it changes to may have changed earlier. */
  #normalize(): void {
    const { seq, exceptions } = this.#standing;
    if (seq >= 0 && seq >= this.#interest.affectedSeq && seq !== this.#collection.seq)
      this.#standing = new Standing(this.#collection.seq, exceptions);
  }

  /** The client reconnected and holds everything that exists, with these exceptions. */
  resume(exceptions: Exceptions): void {
    this.#standing = new Standing(this.#collection.seq, exceptions);
    this.#mustAnswer = false;
  }

  /** The client reconnected and holds all resources in this version. */
  resumeAt(version: string): void {
    this.resume(NO_EXCEPTIONS);
    this.exchange.resumedAt(version);
  }

  /** The next batch within the limits. `undefined` if there is none. Skips changes that need no response. */
  next(limits: Limits, rejected: RejectedVersions, maxBytes: number): UpdateBatch | undefined {
    const head = this.#collection.seq;
    const to = Math.min(limits.changes, head);
    const { standing } = this;
    if (standing.seq >= 0 && to < this.#from) return undefined;
    if ((this.fullState || standing.seq < 0) && this.#interest.affectedSeq > to) return undefined;
    // A due name follows changes of other types, so its limit may be higher than the last change of this type.
    const changes = standing.summary.dueFrom < Infinity ? limits.changes : to;
    const batch = this.#batch({ ...limits, changes, removals: Math.min(limits.removals, head) }, rejected, maxBytes);
    if (!batch.empty || this.#mustAnswer) return batch;
    this.#standing = batch.after(batch.chunks.length - 1);
    this.#waits = batch.waits;
    if (!this.#bisection.pending) return undefined;
    this.#bisection.next();
    return this.next(limits, rejected, maxBytes);
  }

  /** Whether the order of types delays an update. */
  get waits(): boolean {
    return this.#waits || this.behind;
  }

  #batch(limits: Limits, rejected: RejectedVersions, maxBytes: number): UpdateBatch {
    const { exceptions, seq } = this.#standing;
    const standing = seq < 0 || this.#from === seq ? this.#standing : new Standing(this.#from, exceptions);
    const { mode, collection, interest, view } = this;
    const bisection = this.#bisection.step;
    return batchFor(
      { mode, collection, interest, view, standing, rejected, limits, bisection },
      interest.recent,
      maxBytes,
    );
  }

  /** The first response of the batch was sent with this nonce. `now`: monotonic time in milliseconds. */
  sent(batch: UpdateBatch, nonce: string, now: number): void {
    this.#mustAnswer = false;
    this.#waits = false;
    this.#track({ nonce, batch, index: 0, sentAt: now });
  }

  /** The next chunk of the unfinished batch was sent. */
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

  /** The client rejected the response in flight. Returns the resources that were new to the client and that the NACK certainly means. */
  rejected(inFlight: InFlight, named: NamedNack): readonly EncodedResource[] {
    const updates = updatesIn(inFlight);
    const result = resultOfNack(updates, named);
    this.exchange.rejected();
    if (this.#progress.answered(inFlight)) this.#takeOver(result.exceptions);
    else {
      this.#progress.rejected(result);
      this.#answered(inFlight);
    }
    this.#settleDue();
    return result.meant.flatMap((name) => updates.get(name)?.resource ?? []);
  }

  /** A chunk was answered. After the last chunk, so is the batch. */
  #answered(inFlight: InFlight): void {
    const { interest } = inFlight.batch.key;
    this.#standing = this.#progress.standingAfter(inFlight);
    if (interest !== this.#interest) this.#standing = withUnsent(this.#state, interest);
    if (this.#progress.unfinished !== undefined) return;
    this.#bisection.next();
    for (const result of this.#progress.finished()) this.#bisection.rejected(result);
  }

  /** Applies an answer name by name, because the standing changed after the response was made. */
  #takeOver(answers: readonly (readonly [string, Exception])[]): void {
    const { seq, exceptions } = this.#standing;
    // A client that must get everything again also gets these names again.
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

  /** Adds names that became due meanwhile. The standing after an answer lacks them. */
  #settleDue(): void {
    if (this.#dueNames.empty) return;
    for (const [from, names] of this.#dueNames.groups()) this.#standing = this.#demanded(names, from);
    if (this.#progress.batch === undefined) this.#dueNames.clear();
  }

  /** The response in flight will not be answered, because the client unsubscribed before it arrived. */
  abandon(): void {
    this.exchange.renewalOver();
    this.#progress.abandoned();
    this.#settleDue();
  }

  /**
   * Moves the subscription to another collection and view. Call it in a transaction, and call the returned function after the transaction was
   * committed.
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
