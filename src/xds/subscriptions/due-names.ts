/** Names that become due while a response is in flight: the standing that its answer leads to does not include them. */
export class DueNames {
  /** By name, the sequence number before that which makes it due. */
  #names = new Map<string, number>();
  #from = Infinity;

  /** Before the first change that makes one due; Infinity for none. */
  get from(): number {
    return this.#from;
  }

  get empty(): boolean {
    return this.#names.size === 0;
  }

  add(names: ReadonlySet<string>, from: number): void {
    for (const name of names) this.#names.set(name, Math.min(from, this.#names.get(name) ?? Infinity));
    this.#from = Math.min(this.#from, from);
  }

  /** None is due later than this. */
  notAfter(from: number): void {
    if (!this.empty) this.add(new Set(this.#names.keys()), from);
  }

  /** The names by when they are due. */
  *groups(): Generator<readonly [from: number, names: ReadonlySet<string>], void> {
    const groups = new Map<number, Set<string>>();
    for (const [name, from] of this.#names) {
      const group = groups.get(from);
      if (group === undefined) groups.set(from, new Set([name]));
      else group.add(name);
    }
    yield* groups;
  }

  clear(): void {
    this.#names = new Map();
    this.#from = Infinity;
  }
}
