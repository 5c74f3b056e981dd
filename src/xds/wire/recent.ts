/**
 * The last few results of something that many clients ask for alike. Their number and their bytes are bounded, and each of them is
 * remembered only as long as a living object of somebody else, its holder, is: when the last stream that has it is gone, the garbage
 * collector takes the result too.
 */

interface Slot<Holder extends WeakKey, Item> {
  readonly holder: WeakRef<Holder>;
  /** Weak as well: an item that refers to its holder does not keep it. */
  readonly item: WeakMap<Holder, Item>;
  readonly bytes: number;
}

export interface RecentLimits {
  readonly maxItems: number;
  /** Of all items together. An item of more than half of it is not remembered. */
  readonly maxBytes: number;
}

export class Recent<Holder extends WeakKey, Item> {
  readonly #limits: RecentLimits;
  /** The newest first. */
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

  /** Bytes of what is remembered. */
  get bytes(): number {
    return this.#living().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** `bytes`: an estimate of what the item costs. The oldest items make room for it. */
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

/** Bytes of each name in a set or list in addition to its characters: the header of the string, and its entries in sets and lists. */
const NAME_OVERHEAD = 64;

/** An estimate of the bytes that these names take. */
export function bytesOfNames(names: Iterable<string>): number {
  let bytes = 0;
  for (const name of names) bytes += name.length + NAME_OVERHEAD;
  return bytes;
}
