/** The progress of sending one batch of a type: the chunks sent so far, and their answers. */
import type { UpdateBatch } from './batch.js';
import { type InFlight, isPart } from './in-flight.js';
import type { NackResult } from './nack-result.js';
import type { Standing } from '../holdings/standing.js';

export class SendProgress {
  #inFlight: InFlight | undefined;
  #unfinished: InFlight | undefined;
  #outdated = false;
  #nacks: readonly NackResult[] = [];

  /** The response without an answer. */
  get inFlight(): InFlight | undefined {
    return this.#inFlight;
  }

  /** The last answered chunk, if further chunks of the batch must be sent. */
  get unfinished(): InFlight | undefined {
    return this.#unfinished;
  }

  /** The batch that is being sent. */
  get batch(): UpdateBatch | undefined {
    return (this.#inFlight ?? this.#unfinished)?.batch;
  }

  /** Whether the standing changed after the batch was made. The answer is then applied name by name. */
  get outdated(): boolean {
    return this.#outdated;
  }

  sent(inFlight: InFlight): void {
    this.#unfinished = undefined;
    this.#inFlight = inFlight;
    this.#outdated = false;
  }

  /** The response in flight was answered. Returns whether the standing changed after the batch was made. */
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

  /** The standing of the client after this chunk: with its updates, without those that the client rejected. */
  standingAfter({ batch, index }: InFlight): Standing {
    const standing = batch.after(index);
    return this.#nacks.length === 0 ? standing : standing.with(this.#nacks.flatMap(({ exceptions }) => exceptions));
  }

  /** The whole batch was answered. Returns the NACKs of its chunks. */
  finished(): readonly NackResult[] {
    const nacks = this.#nacks;
    this.#nacks = [];
    return nacks;
  }

  /** The standing changed, so the remaining chunks of the batch are not sent. */
  standingChanged(): void {
    this.#unfinished = undefined;
    this.#nacks = [];
    this.#outdated = this.#inFlight !== undefined;
  }

  /** The response in flight will not be answered. */
  abandoned(): void {
    this.#inFlight = undefined;
    this.standingChanged();
  }
}
