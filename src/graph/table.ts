/**
 * What the tables of a graph have in common. A table is a set of rows by key; whoever reads a row through `Read` is computed
 * again when, and only when, that row changes. Knows neither where rows come from nor what they mean.
 */
import type { SmallSet } from './small-set.js';

/**
 * A handle by which rows of one table are read. Rows are immutable plain data; `undefined` means that there is no row. `K` is the
 * type of its keys, usually a `Key` of its own, so that a key of another table does not compile.
 */
export interface Table<in K extends string, out Row> {
  readonly name: string;
  /** The place in the order of declaration. A row reads only tables of a lower rank, so there are no cycles. */
  readonly rank: number;
  /** Never set; ties the handle to its row type. */
  readonly row?: Row;
  /** Never set; ties the handle to the keys that it takes. */
  readonly takes?: (key: K) => void;
}

/** A table whose set of keys is known, so that maps and indexes can be made of it. */
export interface KeyedTable<in out K extends string, out Row> extends Table<K, Row> {
  readonly keyed: true;
  /** Never set; ties the handle to the keys that it has. */
  readonly has?: K;
}

/** Reads one row and remembers that it was read. Works only until the row that it was given for is computed. */
export type Read = <K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>) => Row | undefined;

/**
 * Computes a row from what it reads, and from nothing else: the same reads must give an equal row. It may be asked for a row
 * that is dropped at the end of the commit, so it must have an answer to whatever it reads, missing rows included.
 */
export type Compute<K extends string, Row> = (read: Read, key: K) => Row | undefined;

/** Whether two rows are the same; the wave of a change stops at a row that is. */
export type Equal<Row> = (before: Row, after: Row) => boolean;

/** One row in its place in the graph. There may be hundreds of thousands, so what is empty takes no room. */
export interface Cell {
  readonly table: TableState;
  readonly key: string;
  row: unknown;
  /** Cells whose rows were computed from this one. */
  dependents: SmallSet<Cell>;
  /** Cells that this row was computed from, in the order in which they were read. Never a `Set`, which would be larger. */
  dependencies: Cell | readonly Cell[] | undefined;
  listeners: SmallSet<Listener>;
  /** Kept whether or not anybody reads it. */
  pinned: boolean;
}

/** A listener for changes of a row. It is notified after everything is up to date, and not after it is closed. */
export interface Listener {
  tell(): void;
}

/** Told of every change of a keyed table's rows, at most once per row and commit: how maps and indexes follow their source. */
export interface Follower {
  sourceChanged(key: string, before: unknown, after: unknown): void;
}

/** The machinery behind a handle. */
export interface TableState {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[];
  /** How many cells there are. */
  readonly size: number;
  /** The cell of a key, its row computed when it is asked for the first time. Whoever asks must depend on it or release it. */
  cell(key: string): Cell;
  /** The row of a key, if there is a cell for it. Computes nothing. */
  peek(key: string): unknown;
  /** A row that this one was computed from has changed. */
  invalidate(cell: Cell): void;
  /** Brings all rows up to date. Called once per commit, in rank order. */
  settle(): void;
  /** Whether the cell is needed when nobody reads it. */
  keeps(cell: Cell): boolean;
  /** Forgets a cell that nobody needs. */
  drop(cell: Cell): void;
  /** Every key that has a row. */
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
    pinned: false,
  };
}

/** Keys of the cells that have a row. */
export function keysOf(cells: ReadonlyMap<string, Cell>): Iterable<string> {
  return [...cells.values()].filter((cell) => cell.row !== undefined).map((cell) => cell.key);
}
