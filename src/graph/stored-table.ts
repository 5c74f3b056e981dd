/** A table whose rows are set from outside, in commits. */
import { type Cell, type Equal, type Follower, type TableState, newCell } from './table.js';
import type { Wave } from './wave.js';

export class InputTable implements TableState {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #equal: Equal<unknown>;
  readonly #cells = new Map<string, Cell>();

  constructor(name: string, rank: number, wave: Wave, equal: Equal<unknown>) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#equal = equal;
  }

  cell(key: string): Cell {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = newCell(this, key);
      this.#cells.set(key, cell);
    }
    return cell;
  }

  /** Sets or, with `undefined`, deletes a row. */
  set(key: string, row: unknown): void {
    const cell = this.cell(key);
    const before = cell.row;
    if (row === undefined ? before === undefined : before !== undefined && this.#equal(before, row)) return;
    cell.row = row;
    this.#wave.changed(cell, before);
    this.#wave.release(cell);
  }

  keys(): Iterable<string> {
    return [...this.#cells.values()].filter((cell) => cell.row !== undefined).map((cell) => cell.key);
  }

  keeps(cell: Cell): boolean {
    return cell.row !== undefined;
  }

  drop(cell: Cell): void {
    this.#cells.delete(cell.key);
  }

  invalidate(): void {
    throw new Error(`the input table ${this.name} is computed from nothing`);
  }

  settle(): void {
    // Inputs change only through set().
  }
}
