/**
 * The number of resources in each state, and the number of findings. Updated with each change, so that the cost of a scrape depends on the
 * changes since the last one. Must not know how states and findings are computed.
 */
import type { Severity } from '../../api/diagnostic.js';
import type { ResourceKey } from '../../api/resource.js';
import type { StateCount, StateCounts } from '../api/api.js';

/** What one resource adds to the numbers. */
export interface Contribution {
  readonly kind: string;
  /** The state in its status. Empty for a status without one. */
  readonly state: string;
  readonly findings: readonly Severity[];
}

/** Resources counted in one turn of the event loop. They take about 5 ms if their findings are known, the longest time that streams have to wait. */
const RESOURCES_PER_TURN = 250;

export class StateCounter {
  readonly #contributionOf: (key: ResourceKey) => Contribution | undefined;
  readonly #counted = new Map<ResourceKey, Contribution>();
  readonly #touched = new Set<ResourceKey>();
  /** By kind and state. */
  readonly #states = new Map<string, Map<string, number>>();
  readonly #findings: Record<Severity, number> = { error: 0, warning: 0 };
  #isRunning = false;
  #isScheduled = false;

  /** `contributionOf`: returns `undefined` for a resource that does not exist. */
  constructor(contributionOf: (key: ResourceKey) => Contribution | undefined) {
    this.#contributionOf = contributionOf;
  }

  /** Call after the resource was put or removed, or its findings changed. */
  touch(key: ResourceKey): void {
    this.#touched.add(key);
    this.#schedule();
  }

  /**
   * Counts what is left, in steps. From now on, changes are counted in the background, so that little is left for the next scrape. Nothing is
   * counted before the first one: a start has better things to do, and perhaps nobody asks.
   */
  *inSteps(): Generator<void> {
    this.#isRunning = true;
    for (let left = this.#touched.size; left > 0; left -= RESOURCES_PER_TURN) {
      this.#count(RESOURCES_PER_TURN);
      yield;
    }
    this.#schedule();
  }

  counts(): StateCounts {
    this.#count(Infinity);
    const resources = [...this.#states].flatMap(([kind, states]) =>
      [...states].map(([state, count]): StateCount => ({ kind, state, count })),
    );
    return { resources, findings: { ...this.#findings } };
  }

  #schedule(): void {
    if (!this.#isRunning || this.#isScheduled || this.#touched.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#count(RESOURCES_PER_TURN);
      this.#schedule();
    });
  }

  #count(most: number): void {
    let left = most;
    for (const key of this.#touched) {
      if (left === 0) return;
      left -= 1;
      this.#touched.delete(key);
      this.#recount(key);
    }
  }

  #recount(key: ResourceKey): void {
    const before = this.#counted.get(key);
    if (before !== undefined) this.#add(before, -1);
    const now = this.#contributionOf(key);
    if (now === undefined) this.#counted.delete(key);
    else {
      this.#counted.set(key, now);
      this.#add(now, 1);
    }
  }

  #add({ kind, state, findings }: Contribution, by: 1 | -1): void {
    const states = this.#states.get(kind) ?? new Map<string, number>();
    this.#states.set(kind, states);
    const count = (states.get(state) ?? 0) + by;
    if (count === 0) states.delete(state);
    else states.set(state, count);
    for (const severity of findings) this.#findings[severity] += by;
  }
}
