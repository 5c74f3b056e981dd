/**
 * Lists that suddenly lack more than half of what there was: a broken API server or a proxy may answer so, without anybody having deleted
 * something. They are not believed for a time. Events are always believed.
 */
export class ShrunkenLists {
  readonly #graceMs: number;
  readonly #now: () => number;
  /** By place: when a list was doubted first. */
  readonly #since = new Map<string, number>();

  /** `now`: in milliseconds since the epoch. */
  constructor(graceMs: number, now: () => number = Date.now) {
    this.#graceMs = graceMs;
    this.#now = now;
  }

  /** @throws Error if the list must not be believed yet: ask again */
  check(place: string, before: number, now: number): void {
    if (2 * now >= before) {
      this.#since.delete(place);
      return;
    }
    const since = this.#since.get(place) ?? this.#now();
    this.#since.set(place, since);
    const until = since + this.#graceMs;
    if (this.#now() < until) {
      const time = new Date(until).toISOString().replace(/\.\d+Z$/u, 'Z');
      throw new Error(
        `the list has only ${String(now)} of ${String(before)} objects, and is not believed until ${time}`,
      );
    }
    this.#since.delete(place);
  }
}
