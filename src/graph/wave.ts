/**
 * The propagation of one commit: which cells changed, which must be recomputed, and which are no longer needed. Evaluates rows, so that reads
 * are tracked in one place.
 */
import { Announcements } from './announcements.js';
import { ReadList } from './read-list.js';
import { itemsOf, listOf, withItem, withoutItem } from './small-set.js';
import type { Cell, Compute, Equal, Read, Table, TableState } from './table.js';

/** Called for a row that could not be computed, which is a bug. The row keeps its last value. */
export type OnError = (table: string, key: string, error: unknown) => void;

const NO_READS = new ReadList();

export class Wave {
  readonly computed = new Map<string, number>();
  readonly announcements = new Announcements();
  readonly #tables: readonly TableState[];
  readonly #onError: OnError;
  readonly #released = new Set<Cell>();
  #thrown: unknown[] = [];
  #depth = 0;

  constructor(tables: readonly TableState[], onError: OnError) {
    this.#tables = tables;
    this.#onError = onError;
  }

  /** Throws while rows are computed: then not all rows are up to date, and reads outside of `Read` are not tracked. */
  checkIdle(): void {
    if (this.#depth > 0) throw new Error('a row may use nothing but what it is given to compute with');
  }

  /** Computes the cell's row, and makes it a dependent of exactly the cells that it reads. */
  evaluate(cell: Cell, compute: Compute<string, unknown>): unknown {
    const { name } = cell.table;
    const reads = new ReadList();
    let open = true;
    const read = (<K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>): Row | undefined => {
      if (!open) throw new Error(`the row ${cell.key} of ${name} is computed already and reads no more`);
      const dependency = this.#lower(cell.table, table).cell(key);
      reads.add(dependency);
      return dependency.row as Row | undefined;
    }) satisfies Read;
    this.computed.set(name, (this.computed.get(name) ?? 0) + 1);
    this.#depth += 1;
    try {
      return compute(read, cell.key);
    } catch (error) {
      this.report(cell.table, cell.key, error);
      return cell.row;
    } finally {
      this.#depth -= 1;
      open = false;
      this.#depend(cell, reads);
    }
  }

  /** Sets the cell's row. Unless it is equal to the row before, notifies dependents, followers and listeners. */
  put(cell: Cell, row: unknown, equal: Equal<unknown>): void {
    const before = cell.row;
    if (this.#same(cell, row, equal)) return;
    cell.row = row;
    for (const dependent of itemsOf(cell.dependents)) dependent.table.invalidate(dependent);
    for (const follower of cell.table.followers) follower.sourceChanged(cell.key, before, row);
    this.announcements.add(cell);
  }

  /** Checks at the end of the wave whether the cell is still needed. */
  release(cell: Cell): void {
    this.#released.add(cell);
  }

  /** Brings all tables up to date in the order of rank, and drops cells that nobody needs. */
  settle(): void {
    this.#depth += 1;
    for (const table of this.#tables) table.settle();
    this.#depth -= 1;
    this.collect();
  }

  /** Drops released cells that nobody needs, and then the cells that only those needed. */
  collect(): void {
    for (const cell of this.#released) {
      this.#released.delete(cell); // so that it is checked again when its last dependent is removed
      if (cell.dependents !== undefined || cell.listeners !== undefined || cell.table.keeps(cell)) continue;
      cell.table.drop(cell);
      this.#depend(cell, NO_READS);
    }
  }

  /** Reports an error of a function of rows. If `onError` throws, the error is kept for `takeErrors`, and the wave goes on. */
  report(table: TableState, key: string, error: unknown): void {
    try {
      this.#onError(table.name, key, error);
    } catch (thrown) {
      this.#thrown.push(thrown);
    }
  }

  /** The errors that `onError` threw since the last call. */
  takeErrors(): readonly unknown[] {
    const thrown = this.#thrown;
    this.#thrown = [];
    return thrown;
  }

  /** The state behind a handle. */
  state(table: Table<never, unknown>): TableState {
    const state = this.#tables[table.rank];
    if (state?.name !== table.name) throw new Error(`the table ${table.name} belongs to another graph`);
    return state;
  }

  #lower(reader: TableState, table: Table<never, unknown>): TableState {
    if (table.rank >= reader.rank)
      throw new Error(`${reader.name} reads ${table.name}, which is not declared before it`);
    return this.state(table);
  }

  #same(cell: Cell, row: unknown, equal: Equal<unknown>): boolean {
    if (cell.row === undefined || row === undefined) return cell.row === row;
    try {
      return equal(cell.row, row);
    } catch (error) {
      this.report(cell.table, cell.key, error);
      return false;
    }
  }

  #depend(cell: Cell, reads: ReadList): void {
    const before = listOf(cell.dependencies);
    const { cells } = reads;
    if (before.length === cells.length && before.every((dependency, index) => dependency === cells[index])) return;
    for (const dependency of before) {
      if (reads.has(dependency)) continue;
      dependency.dependents = withoutItem(dependency.dependents, cell);
      this.release(dependency);
    }
    for (const dependency of cells) dependency.dependents = withItem(dependency.dependents, cell);
    // A copy has no spare capacity, unlike the list itself.
    cell.dependencies = cells.length > 1 ? cells.slice() : cells[0];
  }
}
