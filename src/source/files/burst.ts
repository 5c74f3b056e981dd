/** Collects items and returns each burst as a whole, once it has settled. It must not know files. */

export interface Burst<Item> {
  add(item: Item): void;
  /** The next burst, when it has settled; `undefined` after `close`. One caller at a time. */
  next(): Promise<ReadonlySet<Item> | undefined>;
  /** Whether {@link next} resolves at once. */
  settled(): boolean;
  /** The items of the current burst, settled or not. */
  take(): ReadonlySet<Item>;
  close(): void;
}

export interface SettleTimes {
  /** A burst has settled when no item arrived for this many milliseconds … */
  readonly quiet: number;
  /** … and at the latest this many milliseconds after its first item. */
  readonly longest: number;
}

export function createBurst<Item>({ quiet, longest }: SettleTimes): Burst<Item> {
  let items = new Set<Item>();
  let began = 0;
  let timer: NodeJS.Timeout | undefined;
  let settled = false;
  let closed = false;
  let wake: (() => void) | undefined;

  const settle = (): void => {
    settled = true;
    wake?.();
  };
  const take = (): ReadonlySet<Item> => {
    const taken = items;
    clearTimeout(timer);
    [items, timer, settled] = [new Set(), undefined, false];
    return taken;
  };
  return {
    add: (item) => {
      if (closed) return;
      const now = performance.now();
      if (items.size === 0) began = now;
      items.add(item);
      settled = false;
      clearTimeout(timer);
      timer = setTimeout(settle, Math.max(0, Math.min(quiet, began + longest - now)));
    },
    next: async () => {
      while (!settled && !closed) await new Promise<void>((resolve) => (wake = resolve));
      return closed ? undefined : take();
    },
    settled: () => settled || closed,
    take,
    close: () => {
      closed = true;
      clearTimeout(timer);
      wake?.();
    },
  };
}
