/**
 * Sets of names that never change. A set that differs a little from another one costs the difference: the newest of a family
 * owns the names, and an earlier one knows how it differs from the next.
 */

/** So many names a family may differ in before the names are copied, however few they are. */
const MIN_DIFFERENCE = 16;
/** Beyond that, this share of the names: copies then cost a constant number of steps per name that is added. */
const SHARE = 4;
/** A set that is read over more steps than this gets names of its own. */
const MAX_STEPS = 16;

/** What a set has more and less than the next one of its family. */
interface Difference {
  readonly next: NameSet;
  readonly more: ReadonlySet<string>;
  readonly less: ReadonlySet<string>;
}

export class NameSet implements ReadonlySet<string> {
  readonly size: number;
  /** Names, or the difference to who has them. */
  #content: Set<string> | Difference;
  /** By how many names later sets of the family may still differ from the first. */
  readonly #budget: number;

  private constructor(names: Set<string>, budget: number) {
    this.size = names.size;
    this.#content = names;
    this.#budget = budget;
  }

  /** A set of its own. Takes the names over: the caller must not change them any more. */
  static of(names: Set<string>): NameSet {
    return new NameSet(names, Math.max(MIN_DIFFERENCE, Math.floor(names.size / SHARE)));
  }

  /** `before` with `added`, which it must not have, and without `left`, which it must have; each name once. */
  static after(before: ReadonlySet<string>, added: readonly string[], left: readonly string[]): NameSet {
    return before instanceof NameSet ? before.#with(added, left) : NameSet.of(changed(new Set(before), added, left));
  }

  #with(added: readonly string[], left: readonly string[]): NameSet {
    const names = this.#own();
    const budget = this.#budget - added.length - left.length;
    if (budget < 0) return NameSet.of(changed(new Set(names), added, left));
    const next = new NameSet(changed(names, added, left), budget);
    this.#content = { next, more: new Set(left), less: new Set(added) };
    return next;
  }

  /** Whether it shares its names with the set that it was made of. */
  isNextOf(before: ReadonlySet<string>): boolean {
    return before instanceof NameSet && !(before.#content instanceof Set) && before.#content.next === this;
  }

  has(name: string): boolean {
    let content = this.#content;
    for (let steps = 0; !(content instanceof Set); steps += 1) {
      if (steps === MAX_STEPS) return this.#own().has(name);
      if (content.more.has(name)) return true;
      if (content.less.has(name)) return false;
      content = content.next.#content;
    }
    return content.has(name);
  }

  /** Its names, copied if another set has them. */
  #own(): Set<string> {
    const differences: Difference[] = [];
    let content = this.#content;
    for (; !(content instanceof Set); content = content.next.#content) differences.push(content);
    if (differences.length === 0) return content;
    const names = new Set(content);
    for (const { more, less } of differences.reverse()) changed(names, more, less);
    this.#content = names;
    return names;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#own()[Symbol.iterator]();
  }

  keys(): IterableIterator<string> {
    return this.#own().keys();
  }

  values(): IterableIterator<string> {
    return this.#own().values();
  }

  entries(): IterableIterator<[string, string]> {
    return this.#own().entries();
  }

  forEach(action: (name: string, same: string, set: ReadonlySet<string>) => void): void {
    for (const name of this) action(name, name, this);
  }
}

function changed(names: Set<string>, added: Iterable<string>, left: Iterable<string>): Set<string> {
  for (const name of left) names.delete(name);
  for (const name of added) names.add(name);
  return names;
}
