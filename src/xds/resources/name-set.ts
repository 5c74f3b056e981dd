/**
 * Immutable sets of names. A set with few differences from another one stores only these. The newest set of a family owns the names; each
 * earlier one stores its difference from the next.
 */

/** A family may always differ in this number of names before the names are copied. */
const MIN_DIFFERENCE = 16;
/** A large family may differ in this fraction of its names. A copy then costs a constant number of steps for each added name. */
const SHARE = 4;
/** A set with more differences than this between it and the names gets a copy of the names when it is read. */
const MAX_STEPS = 16;

/** The difference from the next set of the family. */
interface Difference {
  readonly next: NameSet;
  readonly more: ReadonlySet<string>;
  readonly less: ReadonlySet<string>;
}

export class NameSet implements ReadonlySet<string> {
  readonly size: number;
  /** The names, or the difference from the next set. */
  #content: Set<string> | Difference;
  /** The number of names in which later sets of the family may still differ from the first. */
  readonly #budget: number;

  private constructor(names: Set<string>, budget: number) {
    this.size = names.size;
    this.#content = names;
    this.#budget = budget;
  }

  /** A new family. The caller must not change the given set afterwards. */
  static of(names: Set<string>): NameSet {
    return new NameSet(names, Math.max(MIN_DIFFERENCE, Math.floor(names.size / SHARE)));
  }

  /** `before` with `added`, none of which it contains, and without `left`, all of which it contains. Both without duplicates. */
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

  /** Whether it was made from `before` and shares its names. */
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

  /** The names of this set. Copied if another set owns them. */
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
