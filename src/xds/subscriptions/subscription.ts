/**
 * One type on one stream: applies requests and answers of the client, and makes the next batch. It must not know the other types of the stream.
 * Their order reaches it as limits.
 */
import { NOTHING, NO_NAMES, type Transition, rememberedBytes } from '../resources/coverage.js';
import type { EncodedResource } from '../resources/resource.js';
import type { Mode } from '../protocol/mode.js';
import { isFullState, typeOrder } from '../protocol/type-urls.js';
import type { UpdateBatch, Limits } from '../batches/batch.js';
import { withUnsent, withoutUnsubscribed } from '../holdings/coverage-change.js';
import { ClientPosition } from './client-position.js';
import type { EffectiveView } from '../holdings/effective-view.js';
import { Exchange } from './exchange.js';
import { type Exceptions, NO_EXCEPTIONS, type Nack, exceptionOf } from '../holdings/exception.js';
import { type InFlight, updatesIn } from '../batches/in-flight.js';
import type { Interest, SubscriptionHost } from './interest.js';
import { withoutAliases } from '../holdings/named-resources.js';
import { batchFor } from '../batches/recent-batches.js';
import { type NamedNack, resultOfNack } from '../batches/nack-result.js';
import { NOTHING_NEEDED, Standing } from '../holdings/standing.js';
import { NackBisection } from '../batches/nack-bisection.js';
import type { RejectedVersions } from '../holdings/verdicts.js';
import type { VersionedCollection } from './versioned-collection.js';
import { holdingsOf, newcomerIn, standingIn } from './view-change.js';

export const UNLIMITED: Limits = { changes: Infinity, removals: Infinity, needed: NOTHING_NEEDED, missing: NO_NAMES };

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
  readonly #position: ClientPosition;
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
    this.#position = new ClientPosition(collection, view, collection.interests.join(this, NOTHING));
  }

  get collection(): VersionedCollection {
    return this.#position.collection;
  }

  get view(): EffectiveView {
    return this.#position.view;
  }

  get interest(): Interest {
    return this.#position.interest;
  }

  /** What the client holds, by its answers so far. */
  get standing(): Standing {
    return this.#position.standing;
  }

  get inFlight(): InFlight | undefined {
    return this.#position.progress.inFlight;
  }

  get unfinished(): InFlight | undefined {
    return this.#position.progress.unfinished;
  }

  /** The last NACK of a name for which the client does not hold its target. */
  get nack(): Nack | undefined {
    return this.standing.summary.nack;
  }

  /** Whether a response is in flight, or further chunks of its batch follow. */
  get busy(): boolean {
    return (this.#position.progress.batch ?? this.exchange.renewing) !== undefined;
  }

  /** Since when the response in flight waits for its answer, in monotonic milliseconds. */
  get unansweredSince(): number | undefined {
    return this.inFlight?.sentAt ?? this.exchange.renewingSince;
  }

  /** Whether there is nothing to send, independently of the order of types. */
  get idle(): boolean {
    if (!this.collection.served) return true;
    return (
      !this.behind &&
      !this.#mustAnswer &&
      this.standing.exceptions.size === 0 &&
      this.unfinished === undefined &&
      !this.#bisection.pending
    );
  }

  // How far the client is, see ClientPosition.

  get behind(): boolean {
    return this.#position.behind;
  }

  get behindSince(): number {
    return this.#position.behindSince;
  }

  get sentSince(): number {
    return this.#position.sentSince;
  }

  get sentUpTo(): number {
    return this.#position.sentUpTo;
  }

  get answeredUpTo(): number {
    return this.#position.answeredUpTo;
  }

  positions(): Iterable<number> {
    return this.#position.positions();
  }

  unanswered(): Iterable<string> {
    return this.#position.unanswered();
  }

  /** Whether the order of types delays an update. */
  get waits(): boolean {
    return this.#waits || this.behind;
  }

  /** Takes over what a request subscribes to. `again`: everything is sent, whatever the client holds. Throws StreamError beyond a limit. */
  subscribe(
    transition: Transition,
    { again, mustAnswer }: { readonly again: boolean; readonly mustAnswer: boolean },
  ): void {
    const position = this.#position;
    const before = position.interest;
    this.host.memory.require(rememberedBytes(transition.coverage), rememberedBytes(before.coverage));
    position.normalize();
    position.interest = this.collection.interests.change(this, before, transition);
    this.#mustAnswer = this.#mustAnswer || mustAnswer;
    if (again) {
      position.forget();
      this.#bisection.clear();
      return;
    }
    position.standing = withUnsent(position, before, transition.added);
    // The client itself drops resources that it unsubscribes from.
    if (transition.unsubscribed.length > 0) position.standing = withoutUnsubscribed(position);
    this.demand(withoutAliases(this.collection, transition.answers), this.collection.seq - 1, before);
  }

  /**
   * These names must be sent, changed or not. `from`: one less than the sequence number that makes them due. `before`: what the client subscribed
   * to until now. Default: what it subscribes to.
   */
  demand(names: ReadonlySet<string>, from: number, before?: Interest): void {
    if (names.size > 0) this.#position.demand(names, from, before);
  }

  /** Due names are sent no earlier than the changes after this sequence number. */
  demandFrom(from: number): void {
    this.#position.demandFrom(from);
  }

  /** The client reconnected and holds everything that exists, with these exceptions. */
  resume(exceptions: Exceptions): void {
    this.#position.standing = new Standing(this.collection.seq, exceptions);
    this.#mustAnswer = false;
  }

  /** The client reconnected and holds all resources in this version. */
  resumeAt(version: string): void {
    this.resume(NO_EXCEPTIONS);
    this.exchange.resumedAt(version);
  }

  /** The next batch within the limits. `undefined` if there is none. Skips changes that need no response. */
  next(limits: Limits, rejected: RejectedVersions, maxBytes: number): UpdateBatch | undefined {
    const head = this.collection.seq;
    const to = Math.min(limits.changes, head);
    const { standing } = this;
    if (standing.seq >= 0 && to < this.#position.from) {
      // What was kept back for want of other types is decided again at the deadline at the latest.
      if (standing.exceptions.size > 0) this.#waits = true;
      return undefined;
    }
    if ((this.fullState || standing.seq < 0) && this.interest.affectedSeq > to) return undefined;
    // A due name follows changes of other types, so its limit may be higher than the last change of this type.
    const changes = standing.summary.dueFrom < Infinity ? limits.changes : to;
    const batch = this.#batch({ ...limits, changes, removals: Math.min(limits.removals, head) }, rejected, maxBytes);
    if (!batch.empty || this.#mustAnswer) return batch;
    this.#position.standing = batch.after(batch.chunks.length - 1);
    this.#waits = batch.waits;
    if (!this.#bisection.pending) return undefined;
    this.#bisection.next();
    return this.next(limits, rejected, maxBytes);
  }

  #batch(limits: Limits, rejected: RejectedVersions, maxBytes: number): UpdateBatch {
    const { mode, collection, interest, view } = this;
    const standing = this.#position.sharedStanding;
    const bisection = this.#bisection.step;
    return batchFor(
      {
        mode,
        collection,
        interest,
        view,
        standing,
        rejected,
        limits,
        bisection,
        carriedOver: this.exchange.carriedOver,
      },
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
    this.#position.progress.sent(inFlight);
    this.exchange.sent(inFlight.nonce, inFlight.batch.version);
  }

  /** The client accepted the response in flight. */
  accepted(inFlight: InFlight): void {
    const position = this.#position;
    this.exchange.accepted(inFlight.batch.version);
    if (position.progress.answered(inFlight))
      position.applyByName(
        [...updatesIn(inFlight)].map(([name, { resource, before }]) => [name, exceptionOf(resource, before.from)]),
      );
    else this.#answered(inFlight);
  }

  /** The client rejected the response in flight. Returns the resources that were new to the client and that the NACK certainly means. */
  rejected(inFlight: InFlight, named: NamedNack): readonly EncodedResource[] {
    const position = this.#position;
    const updates = updatesIn(inFlight);
    const result = resultOfNack(updates, named);
    this.exchange.rejected();
    if (position.progress.answered(inFlight)) position.applyByName(result.exceptions);
    else {
      position.progress.rejected(result);
      this.#answered(inFlight);
    }
    return result.meant.flatMap((name) => updates.get(name)?.resource ?? []);
  }

  /** A chunk was answered. After the last chunk, so is the batch. */
  #answered(inFlight: InFlight): void {
    const position = this.#position;
    const { interest } = inFlight.batch.key;
    position.standing = position.progress.standingAfter(inFlight);
    if (interest !== position.interest) position.standing = withUnsent(position, interest);
    position.settleDue(interest);
    if (this.unfinished !== undefined) return;
    this.#bisection.next();
    for (const result of position.progress.finished()) this.#bisection.rejected(result);
  }

  /** The response in flight will not be answered, because the client unsubscribed before it arrived. */
  abandon(): void {
    this.exchange.renewalOver();
    this.#position.progress.abandoned();
    this.#position.settleDue();
  }

  /**
   * Moves the subscription to another collection and view. Call it in a transaction, and call the returned function after the transaction was
   * committed.
   */
  changeView({ collection, view }: SubscriptionSource): () => void {
    const position = this.#position;
    const holdings = holdingsOf(position, this.inFlight);
    const { interest } = position;
    const knew = this.standing.seq >= 0;
    position.interest = collection.interests.join(this, interest.coverage);
    position.collection.interests.release(this, interest);
    position.collection = collection;
    position.view = view;
    position.progress.standingChanged();
    this.#bisection.clear();
    return () => {
      position.standing = knew ? standingIn(position, holdings) : newcomerIn(holdings);
      position.settleDue();
    };
  }

  /** The subscription has ended. */
  release(): void {
    this.collection.interests.release(this, this.interest);
  }
}
