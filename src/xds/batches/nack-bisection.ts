/**
 * Bisection of a rejected response whose error message does not name all invalid resources. The resources are sent again at once in halves,
 * until each invalid one is alone.
 */
import type { BisectionStep } from './batch.js';
import type { NackResult } from './nack-result.js';

const NO_STEP: BisectionStep = { waiting: new Set() };

export class NackBisection {
  /** The first group is in flight, or is sent next. */
  #groups: readonly (readonly string[])[] = [];
  #step = NO_STEP;

  get pending(): boolean {
    return this.#groups.length > 0;
  }

  get step(): BisectionStep {
    return this.#step;
  }

  /** Starts or continues the bisection with the suspects of a NACK. */
  rejected({ suspects, narrowed, hasRepeated }: NackResult): void {
    if (suspects.length === 0) return;
    const rejected = new Set(suspects);
    const rest = this.#groups
      .map((group) => group.filter((name) => !rejected.has(name)))
      .filter(({ length }) => length > 0);
    // A single suspect was sent with repeated resources. First these are sent without the suspect, to find out whether the client accepts them.
    const alone = suspects.length === 1 && hasRepeated ? [[], suspects] : [suspects];
    this.#set([...(narrowed || suspects.length === 1 ? alone : halves(suspects)), ...rest]);
  }

  /** The first group was answered, or contains nothing to send. */
  next(): void {
    if (this.#groups.length > 0) this.#set(this.#groups.slice(1));
  }

  clear(): void {
    this.#set([]);
  }

  #set(groups: readonly (readonly string[])[]): void {
    this.#groups = groups;
    const waiting = this.#groups.slice(1).flat();
    this.#step = waiting.length === 0 ? NO_STEP : { waiting: new Set(waiting) };
  }
}

function halves(names: readonly string[]): readonly (readonly string[])[] {
  const middle = Math.ceil(names.length / 2);
  return [names.slice(0, middle), names.slice(middle)];
}
