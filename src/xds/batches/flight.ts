/** What is on its way to a client of one type: a batch, one chunk after the other, and what was said of it so far. */
import type { Batch } from './batch.js';
import { type InFlight, isPart } from './in-flight.js';
import type { Judgement } from './refusals.js';
import type { Standing } from '../holdings/standing.js';

export class Flight {
  #inFlight: InFlight | undefined;
  #unfinished: InFlight | undefined;
  #foreign = false;
  #refusals: readonly Judgement[] = [];

  /** The response that the client has not answered yet. */
  get inFlight(): InFlight | undefined {
    return this.#inFlight;
  }

  /** A batch of which the last chunk sent is answered, and others are still to be sent. */
  get unfinished(): InFlight | undefined {
    return this.#unfinished;
  }

  /** The batch that is on its way. */
  get batch(): Batch | undefined {
    return (this.#inFlight ?? this.#unfinished)?.batch;
  }

  /** The response in flight was made for another standing: what it tells is taken over name by name. */
  get foreign(): boolean {
    return this.#foreign;
  }

  sent(inFlight: InFlight): void {
    this.#unfinished = undefined;
    this.#inFlight = inFlight;
    this.#foreign = false;
  }

  /** The response in flight was answered. Returns whether it was made for another standing. */
  landed(inFlight: InFlight): boolean {
    const foreign = this.#foreign;
    this.#inFlight = undefined;
    this.#unfinished = isPart(inFlight) && !foreign ? inFlight : undefined;
    this.#foreign = false;
    return foreign;
  }

  /** The client refused a chunk of the batch. */
  refused(judgement: Judgement): void {
    this.#refusals = [...this.#refusals, judgement];
  }

  /** What the client holds after this chunk: what was told, but for what it refused of the batch. */
  standingAfter({ batch, index }: InFlight): Standing {
    const standing = batch.after(index);
    return this.#refusals.length === 0
      ? standing
      : standing.with(this.#refusals.flatMap(({ exceptions }) => exceptions));
  }

  /** The whole batch was answered: what was refused of it. */
  finished(): readonly Judgement[] {
    const refusals = this.#refusals;
    this.#refusals = [];
    return refusals;
  }

  /** The client holds something else than the batch was made for: the rest of it is not sent. */
  diverted(): void {
    this.#unfinished = undefined;
    this.#refusals = [];
    this.#foreign = this.#inFlight !== undefined;
  }

  /** No answer will come. */
  abandoned(): void {
    this.#inFlight = undefined;
    this.diverted();
  }
}
