/**
 * Caches the last few results of an operation that many clients request. The number of results and their size are limited. A result is
 * cached only as long as another object, its holder, is alive: after the last stream with the holder has ended, the garbage collector also
 * removes the result.
 */

interface Slot<Holder extends WeakKey, Item> {
  readonly holder: WeakRef<Holder>;
  /** Also weak, so that an item that refers to its holder does not keep it alive. */
  readonly item: WeakMap<Holder, Item>;
  readonly bytes: number;
}

export interface RecentLimits {
  readonly maxItems: number;
  /** Limit for all items together. An item of more than half of it is not cached. */
  readonly maxBytes: number;
}

export class Recent<Holder extends WeakKey, Item> {
  readonly #limits: RecentLimits;
  /** In the order of age, the newest first. */
  #slots: readonly Slot<Holder, Item>[] = [];

  constructor(limits: RecentLimits) {
    this.#limits = limits;
  }

  /** The newest first. */
  *items(): Generator<Item, void> {
    for (const { holder, item } of this.#slots) {
      const held = holder.deref();
      const found = held && item.get(held);
      if (found !== undefined) yield found;
    }
  }

  find(matches: (item: Item) => boolean): Item | undefined {
    for (const item of this.items()) if (matches(item)) return item;
    return undefined;
  }

  /** The size of the cache in bytes. */
  get bytes(): number {
    return this.#living().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** `bytes`: an estimate of the item's size. Removes the oldest items to make room. */
  add(holder: Holder, item: Item, bytes: number): void {
    const { maxItems, maxBytes } = this.#limits;
    if (bytes > maxBytes / 2) return;
    const slots = [{ holder: new WeakRef(holder), item: new WeakMap([[holder, item]]), bytes }, ...this.#living()];
    let left = maxBytes;
    const full = slots.findIndex((slot, index) => index >= maxItems || (left -= slot.bytes) < 0);
    this.#slots = full < 0 ? slots : slots.slice(0, full);
  }

  #living(): readonly Slot<Holder, Item>[] {
    return this.#slots.filter(({ holder }) => holder.deref() !== undefined);
  }
}

/** The size of a name in a set or list, in addition to its characters: the header of the string, and the entry. */
const NAME_OVERHEAD = 64;

/** An estimate of the size of these names, in bytes. */
export function bytesOfNames(names: Iterable<string>): number {
  let bytes = 0;
  for (const name of names) bytes += name.length + NAME_OVERHEAD;
  return bytes;
}
