/** The progress of sending one batch of a type: its chunks, one after the other, and the answers so far. */
import type { UpdateBatch } from './batch.js';
import { type InFlight, isPart } from './in-flight.js';
import type { NackResult } from './nack-result.js';
import type { Standing } from '../holdings/standing.js';

export class SendProgress {
  #inFlight: InFlight | undefined;
  #unfinished: InFlight | undefined;
  #outdated = false;
  #nacks: readonly NackResult[] = [];

  /** The response that the client has not answered yet. */
  get inFlight(): InFlight | undefined {
    return this.#inFlight;
  }

  /** A batch of which the last chunk sent is answered, and others are still to be sent. */
  get unfinished(): InFlight | undefined {
    return this.#unfinished;
  }

  /** The batch that is on its way. */
  get batch(): UpdateBatch | undefined {
    return (this.#inFlight ?? this.#unfinished)?.batch;
  }

  /** The response in flight was made for another standing: its answer is applied name by name. */
  get outdated(): boolean {
    return this.#outdated;
  }

  sent(inFlight: InFlight): void {
    this.#unfinished = undefined;
    this.#inFlight = inFlight;
    this.#outdated = false;
  }

  /** The response in flight was answered. Returns whether it was made for another standing. */
  answered(inFlight: InFlight): boolean {
    const outdated = this.#outdated;
    this.#inFlight = undefined;
    this.#unfinished = isPart(inFlight) && !outdated ? inFlight : undefined;
    this.#outdated = false;
    return outdated;
  }

  /** The client rejected a chunk of the batch. */
  rejected(result: NackResult): void {
    this.#nacks = [...this.#nacks, result];
  }

  /** What the client holds after this chunk: the updates, without those that it rejected. */
  standingAfter({ batch, index }: InFlight): Standing {
    const standing = batch.after(index);
    return this.#nacks.length === 0 ? standing : standing.with(this.#nacks.flatMap(({ exceptions }) => exceptions));
  }

  /** The whole batch was answered: what was rejected of it. */
  finished(): readonly NackResult[] {
    const nacks = this.#nacks;
    this.#nacks = [];
    return nacks;
  }

  /** The client does not hold what the batch was made for, so the rest of the batch is not sent. */
  standingChanged(): void {
    this.#unfinished = undefined;
    this.#nacks = [];
    this.#outdated = this.#inFlight !== undefined;
  }

  /** No answer will come. */
  abandoned(): void {
    this.#inFlight = undefined;
    this.standingChanged();
  }
}
