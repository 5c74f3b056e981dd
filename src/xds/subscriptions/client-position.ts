/**
 * What the client of one subscription holds, and how far it is: which changes were sent, which were answered, and which names are due. It must
 * know neither requests nor nonces.
 */
import { SendProgress } from '../batches/send-progress.js';
import { isPart } from '../batches/in-flight.js';
import { dueNotAfter, withDue } from '../holdings/coverage-change.js';
import type { Covering } from '../holdings/covering.js';
import type { EffectiveView } from '../holdings/effective-view.js';
import type { Exception } from '../holdings/exception.js';
import { eitherOf } from '../holdings/holding.js';
import { NEWCOMER, Standing } from '../holdings/standing.js';
import type { SubscriptionState } from '../holdings/subscription-state.js';
import { DueNames } from './due-names.js';
import type { Interest } from './interest.js';
import type { VersionedCollection } from './versioned-collection.js';

export class ClientPosition implements SubscriptionState {
  collection: VersionedCollection;
  view: EffectiveView;
  interest: Interest;
  /** What the client holds, by its answers so far. */
  standing = NEWCOMER;
  readonly progress = new SendProgress();
  readonly #dueNames = new DueNames();

  constructor(collection: VersionedCollection, view: EffectiveView, interest: Interest) {
    this.collection = collection;
    this.view = view;
    this.interest = interest;
  }

  /** Whether a change exists that the client does not hold. Updates that are withheld for ever do not count. */
  get behind(): boolean {
    const { seq } = this.standing;
    return this.collection.served && (seq < this.interest.affectedSeq || this.#dueFrom < Infinity);
  }

  /** While the client is behind: the sequence number of the state that it holds. */
  get behindSince(): number {
    const { seq } = this.standing;
    const flying = this.progress.batch?.to ?? Infinity;
    return Math.min(flying, seq < 0 || seq >= this.interest.affectedSeq ? Infinity : seq);
  }

  /** The sequence number of the client's standing. The same for all streams that were up to date before the last change. */
  get from(): number {
    const { seq } = this.standing;
    const { affectedSeq, previousSeq } = this.interest;
    if (seq < previousSeq) return seq;
    return seq >= affectedSeq ? this.collection.seq : affectedSeq - 1;
  }

  /** The standing with the sequence number `from`, so that streams that were up to date find the same batches. */
  get sharedStanding(): Standing {
    const { from, standing } = this;
    return standing.seq < 0 || from === standing.seq ? standing : new Standing(from, standing.exceptions);
  }

  /** The sequence numbers of its standing, now and after the response in flight is answered. */
  *positions(): Generator<number, void> {
    yield this.standing.seq;
    yield this.from;
    const { batch } = this.progress;
    if (batch === undefined) return;
    yield batch.key.standing.seq;
    yield batch.to;
  }

  /** The state at this sequence number was sent, but may not be answered. */
  get sentSince(): number {
    return this.progress.batch?.to ?? this.behindSince;
  }

  /** All changes up to this sequence number were sent, and answered by an ACK or NACK. */
  get answeredUpTo(): number {
    return this.progress.batch !== undefined || this.behind ? Math.min(this.from, this.#dueFrom) : Infinity;
  }

  /** All changes up to this sequence number were sent. */
  get sentUpTo(): number {
    const { inFlight, outdated } = this.progress;
    if (inFlight === undefined || isPart(inFlight) || outdated) return this.answeredUpTo;
    const { to } = inFlight.batch;
    return Math.min(to >= this.interest.affectedSeq ? Infinity : to, this.#dueNames.from);
  }

  /** One less than the sequence number of the first due change. Infinity: none. */
  get #dueFrom(): number {
    return Math.min(this.standing.summary.dueFrom, this.#dueNames.from);
  }

  /** Names that are in flight or due. */
  *unanswered(): Generator<string, void> {
    yield* this.progress.batch?.updates.keys() ?? [];
    for (const [name, { due }] of this.standing.exceptions) if (due) yield name;
  }

  /** An up-to-date client gets the sequence number of the last change, because an interest that it changes to may have changed earlier. */
  normalize(): void {
    const { seq, exceptions } = this.standing;
    if (seq >= 0 && seq >= this.interest.affectedSeq && seq !== this.collection.seq)
      this.standing = new Standing(this.collection.seq, exceptions);
  }

  /**
   * These names must be sent, changed or not. `from`: one less than the sequence number that makes them due. `before`: what the client subscribed
   * to until now.
   */
  demand(names: ReadonlySet<string>, from: number, before: Covering = this.interest): void {
    this.standing = this.#demanded(names, from, before);
    if (this.progress.batch !== undefined) this.#dueNames.add(names, from);
  }

  /** Due names are sent no earlier than the changes after this sequence number. */
  demandFrom(from: number): void {
    this.#dueNames.notAfter(from);
    this.standing = dueNotAfter(this.standing, from);
  }

  #demanded(names: ReadonlySet<string>, from: number, before: Covering): Standing {
    this.normalize();
    const { standing } = this;
    if (standing.seq < 0 && standing.exceptions.size === 0) return standing;
    return this.interest.demanded(standing, { names, from, before: before.key }, () =>
      withDue(this, names, from, before),
    );
  }

  /** Applies an answer name by name, because the standing changed after the response was made. */
  applyByName(answers: readonly (readonly [string, Exception])[]): void {
    const { seq, exceptions } = this.standing;
    // A client that must get everything again also gets these names again.
    const again = (name: string): boolean => seq < 0 && !exceptions.has(name);
    const sentAgain = (exception: Exception): Exception => ({
      ...exception,
      holding: eitherOf(exception.holding, undefined),
      due: true,
    });
    this.standing = this.standing.with(
      answers.map(([name, answer]) => [name, again(name) ? sentAgain(answer) : answer]),
    );
    this.settleDue();
  }

  /**
   * Adds names that became due while a response was in flight. The standing after the answer lacks them. `before`: what the client subscribed to
   * when the response was made.
   */
  settleDue(before: Covering = this.interest): void {
    if (this.#dueNames.empty) return;
    for (const [from, names] of this.#dueNames.groups()) this.standing = this.#demanded(names, from, before);
    if (this.progress.batch === undefined) this.#dueNames.clear();
  }

  /** The client must get everything again. */
  forget(): void {
    this.standing = NEWCOMER;
    this.#dueNames.clear();
    this.progress.standingChanged();
  }
}
