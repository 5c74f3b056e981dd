/**
 * The types that all tables of a graph share. A table is a set of rows by key. A row that reads another row through `Read` is recomputed if,
 * and only if, that row changes. Knows neither where rows come from nor what they mean.
 */
import type { SmallSet } from './small-set.js';

/**
 * A handle for reading rows of one table. Rows are immutable plain data; `undefined` means no row. `K` is the type of the keys, usually a
 * `Key` with its own name, so that keys of other tables do not compile.
 */
export interface Table<in K extends string, out Row> {
  readonly name: string;
  /** The position in the order of declaration. A row reads only tables of a lower rank, so there are no cycles. */
  readonly rank: number;
  /** Never set. Ties the handle to its row type. */
  readonly row?: Row;
  /** Never set. Ties the handle to the type of the keys that can be read. */
  readonly takes?: (key: K) => void;
}

/** A table with a known set of keys, so that maps and indexes can follow it. */
export interface KeyedTable<in out K extends string, out Row> extends Table<K, Row> {
  readonly keyed: true;
  /** Never set. Ties the handle to the type of its keys. */
  readonly has?: K;
}

/** Reads one row and records the dependency. Works only while the row that it was passed for is computed. */
export type Read = <K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>) => Row | undefined;

/**
 * Computes a row from the rows that it reads, and from nothing else: the same reads must give an equal row. It may be called for a row that
 * the commit drops later, so it must handle all states of the rows that it reads, including missing rows.
 */
export type Compute<K extends string, Row> = (read: Read, key: K) => Row | undefined;

/** Whether two rows are equal. A change does not propagate beyond an equal row. */
export type Equal<Row> = (before: Row, after: Row) => boolean;

/** One row in the graph. There may be hundreds of thousands, so empty fields must take little memory. */
export interface Cell {
  readonly table: TableState;
  readonly key: string;
  row: unknown;
  /** Cells whose rows were computed from this one. */
  dependents: SmallSet<Cell>;
  /** Cells that this row was computed from, in the order of reading. Never a `Set`, which would be larger. */
  dependencies: Cell | readonly Cell[] | undefined;
  listeners: SmallSet<Listener>;
}

/** A listener for changes of a row. It is called after all rows are up to date, and not after it is closed. */
export interface Listener {
  tell(): void;
}

/** Notified of every change of a keyed table's rows, at most once for each row and commit. Maps and indexes follow their source this way. */
export interface Follower {
  sourceChanged(key: string, before: unknown, after: unknown): void;
}

/** The implementation behind a handle. */
export interface TableState {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[];
  /** The number of cells. */
  readonly size: number;
  /** The cell of a key. Its row is computed on the first call. The caller must depend on the cell or release it. */
  cell(key: string): Cell;
  /** The row of a key, if it has a cell. Computes nothing. */
  peek(key: string): unknown;
  /** A row that the cell's row read has changed. */
  invalidate(cell: Cell): void;
  /** Brings all rows up to date. Called once per commit, in rank order. */
  settle(): void;
  /** Whether the cell is needed even if nobody reads it. */
  keeps(cell: Cell): boolean;
  /** Forgets a cell that nobody needs. */
  drop(cell: Cell): void;
  /** All keys with a row. */
  keys(): Iterable<string>;
}

export function newCell(table: TableState, key: string): Cell {
  return {
    table,
    key,
    row: undefined,
    dependents: undefined,
    dependencies: undefined,
    listeners: undefined,
  };
}

/** Keys of the cells that have a row. */
export function keysOf(cells: ReadonlyMap<string, Cell>): Iterable<string> {
  return [...cells.values()].filter((cell) => cell.row !== undefined).map((cell) => cell.key);
}
