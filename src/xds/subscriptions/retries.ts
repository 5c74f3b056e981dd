/**
 * What was refused together with something that is wrong may itself be sound. It is not repeated until something changes;
 * then it follows in responses of its own, in ever smaller groups, so that in the end only what is wrong is missing.
 */
import type { Batch } from './batch.js';
import { NO_NAMES } from '../resources/coverage.js';

type Names = ReadonlySet<string>;

export class Retries {
  /** Refused, to follow the next change. */
  #waiting: readonly Names[] = [];
  /** To follow as soon as the response in flight is answered. */
  #due: readonly Names[] = [];
  /** The group that goes out next, or is in flight. */
  #current: Names = NO_NAMES;
  #currentBatch: Batch | undefined;

  /** The client refused a response with these names. A name that is refused alone waits for its own change. */
  refused(batch: Batch, names: readonly string[]): void {
    if (names.length < 2) return;
    const groups = batch === this.#currentBatch ? halves(names) : [new Set(names)];
    this.#waiting = [...this.#waiting, ...groups];
  }

  /** Something changed of which the client is not told: what waits is due now. Returns the names that follow. */
  changed(): Names {
    this.#due = [...this.#due, ...this.#waiting];
    this.#waiting = [];
    return this.next();
  }

  /** A batch goes out. If it is no group of ours, something changed, and what waits is due after it. */
  sending(batch: Batch): void {
    this.#currentBatch = undefined;
    if (this.#waiting.length + this.#due.length + this.#current.size === 0) return;
    const told = batch.changed.map(({ name }) => name);
    if (told.length > 0 && told.every((name) => this.#current.has(name))) {
      this.#currentBatch = batch;
      return;
    }
    this.#due = without([...this.#due, ...this.#waiting], told);
    this.#waiting = [];
  }

  /** The response in flight was answered: the names that follow now. */
  next(): Names {
    const [group = NO_NAMES, ...rest] = this.#due;
    this.#due = rest;
    this.#current = group;
    return group;
  }
}

function halves(names: readonly string[]): Names[] {
  const middle = Math.ceil(names.length / 2);
  return [new Set(names.slice(0, middle)), new Set(names.slice(middle))];
}

function without(groups: readonly Names[], told: readonly string[]): Names[] {
  const gone = new Set(told);
  return groups.map((group) => new Set([...group].filter((name) => !gone.has(name)))).filter(({ size }) => size > 0);
}
