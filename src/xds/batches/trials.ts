/**
 * What was refused together with something that is wrong may itself be sound. It is sent again at once, in ever smaller
 * groups, so that in the end only what is wrong is missing.
 */
import type { Trial } from './batch.js';
import type { Judgement } from './refusals.js';

const NO_TRIAL: Trial = { waiting: new Set() };

export class Trials {
  /** The first is tried next, or is in flight. */
  #groups: readonly (readonly string[])[] = [];
  #trial = NO_TRIAL;

  get pending(): boolean {
    return this.#groups.length > 0;
  }

  get trial(): Trial {
    return this.#trial;
  }

  /** These were refused together. */
  refused({ suspects, narrowed, beside }: Judgement): void {
    if (suspects.length === 0) return;
    const rest = this.#groups
      .map((group) => group.filter((name) => !suspects.includes(name)))
      .filter(({ length }) => length > 0);
    // One by itself, beside what is sent again: first it is to be seen whether the client takes that.
    const alone = suspects.length === 1 && beside ? [[], suspects] : [suspects];
    this.#set([...(narrowed || suspects.length === 1 ? alone : halves(suspects)), ...rest]);
  }

  /** The first group was answered, or needs no telling. */
  next(): void {
    if (this.#groups.length > 0) this.#set(this.#groups.slice(1));
  }

  clear(): void {
    this.#set([]);
  }

  #set(groups: readonly (readonly string[])[]): void {
    this.#groups = groups;
    const waiting = this.#groups.slice(1).flat();
    this.#trial = waiting.length === 0 ? NO_TRIAL : { waiting: new Set(waiting) };
  }
}

function halves(names: readonly string[]): readonly (readonly string[])[] {
  const middle = Math.ceil(names.length / 2);
  return [names.slice(0, middle), names.slice(middle)];
}
