/** A table whose rows are set from outside: by commits, or by a follower of other tables. Computes nothing. */
import { type Cell, type Equal, type Follower, type TableState, keysOf, newCell } from './table.js';
import type { Wave } from './wave.js';

export class StoredTable implements TableState {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #equal: Equal<unknown>;
  readonly #cells = new Map<string, Cell>();
  readonly #staged = new Map<string, unknown>();

  constructor(name: string, rank: number, wave: Wave, equal: Equal<unknown>) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#equal = equal;
  }

  get size(): number {
    return this.#cells.size;
  }

  cell(key: string): Cell {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = newCell(this, key);
      this.#cells.set(key, cell);
    }
    return cell;
  }

  peek(key: string): unknown {
    return this.#cells.get(key)?.row;
  }

  /** Sets the row, or removes it if it is `undefined`, when the table is settled. If a key is staged twice, the last one counts. */
  stage(key: string, row: unknown): void {
    this.#staged.set(key, row);
  }

  /** Forgets what is staged. */
  discard(): void {
    this.#staged.clear();
  }

  settle(): void {
    if (this.#staged.size === 0) return;
    for (const [key, row] of this.#staged) this.#set(key, row);
    this.#staged.clear();
  }

  invalidate(): void {
    throw new Error(`the rows of ${this.name} are computed from nothing`);
  }

  keeps(cell: Cell): boolean {
    return cell.row !== undefined;
  }

  drop(cell: Cell): void {
    this.#cells.delete(cell.key);
  }

  keys(): Iterable<string> {
    return keysOf(this.#cells);
  }

  #set(key: string, row: unknown): void {
    const cell = this.cell(key);
    this.#wave.put(cell, row, this.#equal);
    if (row === undefined) this.#wave.release(cell);
  }
}
