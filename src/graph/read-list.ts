/**
 * The cells that one row reads while it is computed, without duplicates. A `SmallSet` copies its items at each of the first eight additions.
 * That suits sets that live long and rarely grow, but not this list, to which every computed row adds its reads.
 */
import type { Cell } from './table.js';

/** Up to this number of cells, searching a list is as fast as a `Set`. */
const FEW = 8;

export class ReadList {
  readonly #cells: Cell[] = [];
  /** The same cells as a set, if there are many. */
  #index: Set<Cell> | undefined;

  /** In the order of the first read. */
  get cells(): readonly Cell[] {
    return this.#cells;
  }

  has(cell: Cell): boolean {
    return this.#index === undefined ? this.#cells.includes(cell) : this.#index.has(cell);
  }

  add(cell: Cell): void {
    if (this.has(cell)) return;
    this.#cells.push(cell);
    if (this.#index !== undefined) this.#index.add(cell);
    else if (this.#cells.length > FEW) this.#index = new Set(this.#cells);
  }
}
