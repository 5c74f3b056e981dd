/** Names that become due while a response is in flight. The standing after that response does not contain them. */
export class DueNames {
  /** By name: one less than the sequence number that makes it due. */
  #names = new Map<string, number>();
  #from = Infinity;

  /** One less than the first sequence number that makes a name due. Infinity: none. */
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

  /** Makes all names due at this sequence number at the latest. */
  notAfter(from: number): void {
    if (!this.empty) this.add(new Set(this.#names.keys()), from);
  }

  /** The names, grouped by the sequence number at which they are due. */
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
