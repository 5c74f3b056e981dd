/**
 * A table whose rows are computed from other tables. Lazy: a row exists while somebody reads or observes it. With a source,
 * it has a row for each of the source's keys, asked for or not, and is itself a keyed table.
 */
import { type Cell, type Compute, type Equal, type Follower, type TableState, newCell } from './table.js';
import type { Wave } from './wave.js';

export class DerivedTable implements TableState, Follower {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #compute: Compute<unknown>;
  readonly #equal: Equal<unknown>;
  readonly #cells = new Map<string, Cell>();
  readonly #dirty = new Set<Cell>();
  readonly #arrived = new Set<string>();

  constructor(name: string, rank: number, wave: Wave, compute: Compute<unknown>, equal: Equal<unknown>) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#compute = compute;
    this.#equal = equal;
  }

  cell(key: string): Cell {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = newCell(this, key);
    this.#cells.set(key, cell);
    cell.row = this.#wave.evaluate(cell, this.#compute);
    return cell;
  }

  sourceChanged(key: string, before: unknown, after: unknown): void {
    if (before === undefined) this.#arrived.add(key);
    if (after !== undefined) return;
    this.#arrived.delete(key);
    const cell = this.#cells.get(key);
    if (cell === undefined) return;
    cell.pinned = false;
    this.#wave.release(cell);
    this.#dirty.add(cell);
  }

  invalidate(cell: Cell): void {
    this.#dirty.add(cell);
  }

  settle(): void {
    for (const cell of this.#dirty) this.#refresh(cell);
    this.#dirty.clear();
    for (const key of this.#arrived) this.#pin(key);
    this.#arrived.clear();
  }

  keeps(): boolean {
    return false;
  }

  drop(cell: Cell): void {
    this.#cells.delete(cell.key);
    this.#dirty.delete(cell);
  }

  keys(): Iterable<string> {
    return [...this.#cells.values()].filter((cell) => cell.row !== undefined).map((cell) => cell.key);
  }

  #pin(key: string): void {
    const known = this.#cells.has(key);
    const cell = this.cell(key);
    cell.pinned = true;
    if (!known && cell.row !== undefined) this.#wave.changed(cell, undefined);
  }

  #refresh(cell: Cell): void {
    const before = cell.row;
    const after = this.#wave.evaluate(cell, this.#compute);
    if (before === undefined ? after === undefined : after !== undefined && this.#equal(before, after)) return;
    cell.row = after;
    this.#wave.changed(cell, before);
  }
}
