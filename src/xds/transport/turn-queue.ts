/**
 * Work that comes in crowds, as when all Envoys reconnect after an outage: it is done in the order in which it came, and for no longer than a
 * few milliseconds before other events are handled. It must not know what the work is.
 */

/** Milliseconds that one turn of the event loop may take; what is begun then is finished. */
const TURN_MS = 10;

export class TurnQueue<Item> {
  readonly #items = new Set<Item>();
  readonly #work: (item: Item) => void;
  #scheduled = false;

  constructor(work: (item: Item) => void) {
    this.#work = work;
  }

  get size(): number {
    return this.#items.size;
  }

  /** The item has its turn at the end of this turn of the event loop, or of one of the next if there are too many; once, however often it is added until then. */
  add(item: Item): void {
    this.#items.add(item);
    this.#schedule();
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const end = performance.now() + TURN_MS;
    for (const item of [...this.#items]) {
      // It may have been taken back meanwhile.
      if (!this.#items.delete(item)) continue;
      this.#work(item);
      if (performance.now() >= end) break;
    }
    if (this.#items.size > 0) this.#schedule();
  }
}
