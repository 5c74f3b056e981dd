/**
 * How many resources are in which state, and how many findings there are: kept as things change, so that a scrape of the metrics costs what
 * changed since the last one. It must not know how a state or a finding comes about.
 */
import type { Severity } from '../../api/diagnostic.js';
import type { ResourceKey } from '../../api/resource.js';
import type { StateCount, StateCounts } from '../api/api.js';

/** What one resource adds to the counts. */
export interface Contribution {
  readonly kind: string;
  /** The state of its status; empty for a status without one. */
  readonly state: string;
  readonly findings: readonly Severity[];
}

/** Resources that are counted in one turn of the event loop: about 5 ms, which streams wait for at most. */
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

  /** `contributionOf`: `undefined` for a resource that does not exist. */
  constructor(contributionOf: (key: ResourceKey) => Contribution | undefined) {
    this.#contributionOf = contributionOf;
  }

  /** The resource was put or removed, or something was found about it. */
  touch(key: ResourceKey): void {
    this.#touched.add(key);
    this.#schedule();
  }

  /** Counts from now on while nothing else is to be done, so that little is left to count at a scrape. */
  run(): void {
    this.#isRunning = true;
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
