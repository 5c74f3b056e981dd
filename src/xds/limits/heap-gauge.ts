/**
 * Whether the heap is so full that another client could end the process. V8 does not tell before: it collects garbage ever more often, and
 * then aborts.
 */
import { getHeapStatistics } from 'node:v8';

/** The heap is read no more often than every so many milliseconds: it costs some microseconds. */
const READ_MS = 250;
/** So much below the limit the heap must be before it counts as free again: otherwise every other client would be turned away. */
const HYSTERESIS = 0.05;

/** The share of what V8 may use for its heap that is in use, garbage included. */
export function heapUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}

export class HeapGauge {
  readonly #limit: number;
  readonly #read: () => number;
  readonly #now: () => number;
  #readAt = -Infinity;
  #use = 0;
  #isFull = false;

  /** `limit`: the share above which the heap is full; `now` in monotonic milliseconds. */
  constructor(limit: number, read: () => number, now: () => number) {
    this.#limit = limit;
    this.#read = read;
    this.#now = now;
  }

  /** A sentence while the heap is too full for another client. */
  get overload(): string | undefined {
    const now = this.#now();
    if (now - this.#readAt >= READ_MS) {
      this.#readAt = now;
      this.#use = this.#read();
      this.#isFull = this.#use >= (this.#isFull ? this.#limit - HYSTERESIS : this.#limit);
    }
    if (!this.#isFull) return undefined;
    return `${percent(this.#use)} of the heap is in use: no streams are admitted at ${percent(this.#limit)} until it is ${percent(this.#limit - HYSTERESIS)}`;
  }
}

function percent(share: number): string {
  return `${String(Math.round(100 * share))} %`;
}
