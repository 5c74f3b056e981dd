/** The cells that one row reads while it is computed, each once. Unlike a `SmallSet`, it is not copied by each of the first additions. */
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
