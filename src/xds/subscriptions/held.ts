/** Names of one type that are not told with the batch they belong to, because they refer to clusters that the client does not have. */
import type { Batch } from './batch.js';
import { NO_NAMES } from '../resources/coverage.js';

export class Held {
  #names: ReadonlySet<string> = NO_NAMES;
  #from = Infinity;

  get size(): number {
    return this.#names.size;
  }

  /** Where the client stood before the first of them; Infinity for none. */
  get from(): number {
    return this.#from;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** These of the batch are held back until they are released. */
  hold(names: readonly string[], batch: Batch): void {
    this.#names = new Set([...this.#names, ...names]);
    this.#from = Math.min(this.#from, batch.from);
  }

  /** What is sent is not held back any more. */
  sent({ changed }: Batch): void {
    if (this.#names.size === 0) return;
    const rest = new Set(this.#names);
    for (const { name } of changed) rest.delete(name);
    this.#names = rest;
    if (rest.size === 0) this.#from = Infinity;
  }

  /** Holds nothing from now on; what it held, and where the client stood before. */
  release(): { readonly names: ReadonlySet<string>; readonly from: number } {
    const released = { names: this.#names, from: this.#from };
    this.#names = NO_NAMES;
    this.#from = Infinity;
    return released;
  }
}
