/**
 * A table whose rows are computed from other tables. Lazy: a row exists while it is read or observed. A table with a source has a row for
 * each key of the source, read or not, and is itself a keyed table.
 */
import { type Cell, type Compute, type Equal, type Follower, type TableState, keysOf, newCell } from './table.js';
import type { Wave } from './wave.js';

export class DerivedTable implements TableState, Follower {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #compute: Compute<string, unknown>;
  readonly #equal: Equal<unknown>;
  readonly #source: Pick<TableState, 'peek'> | undefined;
  readonly #cells = new Map<string, Cell>();
  readonly #dirty = new Set<Cell>();
  readonly #arrived = new Set<string>();

  /** `source`: the table for each of whose rows there is one, read or not. `undefined`: there are rows only as long as they are read. */
  constructor(
    { name, rank }: Pick<TableState, 'name' | 'rank'>,
    wave: Wave,
    compute: Compute<string, unknown>,
    equal: Equal<unknown>,
    source?: Pick<TableState, 'peek'>,
  ) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#compute = compute;
    this.#equal = equal;
    this.#source = source;
  }

  get size(): number {
    return this.#cells.size;
  }

  cell(key: string): Cell {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = this.#newCell(key);
    cell.row = this.#wave.evaluate(cell, this.#compute);
    return cell;
  }

  peek(key: string): unknown {
    return this.#cells.get(key)?.row;
  }

  sourceChanged(key: string, before: unknown, after: unknown): void {
    if (before === undefined) this.#arrived.add(key);
    if (after === undefined) this.#release(key);
  }

  invalidate(cell: Cell): void {
    this.#dirty.add(cell);
  }

  settle(): void {
    if (this.#dirty.size > 0) {
      for (const cell of this.#dirty) this.#refresh(cell);
      this.#dirty.clear();
    }
    if (this.#arrived.size > 0) {
      for (const key of this.#arrived) this.#arrive(key);
      this.#arrived.clear();
    }
  }

  keeps({ key }: Cell): boolean {
    return this.#source?.peek(key) !== undefined;
  }

  drop(cell: Cell): void {
    this.#cells.delete(cell.key);
  }

  keys(): Iterable<string> {
    return keysOf(this.#cells);
  }

  /** The row may have been read before its source existed. It read the absence of the source, so it is up to date by now. */
  #arrive(key: string): void {
    if (!this.#cells.has(key)) this.#refresh(this.#newCell(key));
  }

  #release(key: string): void {
    const cell = this.#cells.get(key);
    if (cell !== undefined) this.#wave.release(cell);
  }

  #newCell(key: string): Cell {
    const cell = newCell(this, key);
    this.#cells.set(key, cell);
    return cell;
  }

  #refresh(cell: Cell): void {
    this.#wave.put(cell, this.#wave.evaluate(cell, this.#compute), this.#equal);
  }
}
