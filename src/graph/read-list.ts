/**
 * The cells that one row reads while it is computed, each once. A `SmallSet`, in which a row keeps them afterwards, is copied by each of
 * the first eight additions: right for sets that live long and grow seldom, and wrong here, where every computed row adds its reads.
 */
import type { Cell } from './table.js';

/** So many cells are looked through as fast as they are looked up. */
const FEW = 8;

export class ReadList {
  readonly #cells: Cell[] = [];
  /** The same cells, once there are many. */
  #index: Set<Cell> | undefined;

  /** In the order in which they were read first. */
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
