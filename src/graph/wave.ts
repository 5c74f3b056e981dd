/**
 * The wave of one commit: which cells changed, which must be computed again, which nobody needs any more, whom to tell.
 * Rows are evaluated here, so that reads are tracked in one place.
 */
import type { Cell, Compute, Listener, Read, Table, TableState } from './table.js';

/** A row could not be computed: a bug of ours. The row keeps its last value. */
export type OnError = (table: string, key: string, error: unknown) => void;

export class Wave {
  readonly computed = new Map<string, number>();
  readonly #tables: readonly TableState[];
  readonly #onError: OnError;
  readonly #released = new Set<Cell>();
  #notify = new Map<Listener, Cell>();

  constructor(tables: readonly TableState[], onError: OnError) {
    this.#tables = tables;
    this.#onError = onError;
  }

  /** The cell's row differs from `before`: passes it on to dependents, followers and listeners. */
  changed(cell: Cell, before: unknown): void {
    for (const dependent of cell.dependents) dependent.table.invalidate(dependent);
    for (const follower of cell.table.followers) follower.sourceChanged(cell.key, before, cell.row);
    for (const listener of cell.listeners) this.#notify.set(listener, cell);
  }

  /** The cell may not be needed any more; looked at again when the wave is over. */
  release(cell: Cell): void {
    this.#released.add(cell);
  }

  /** Computes the cell's row, and makes it a dependent of just those cells that were read. */
  evaluate(cell: Cell, compute: Compute<unknown>): unknown {
    const reads = new Set<Cell>();
    const { name, rank } = cell.table;
    const read = (<Row>(table: Table<Row>, key: string): Row | undefined => {
      if (table.rank >= rank) throw new Error(`${name} reads ${table.name}, which is declared after it`);
      const dependency = this.#state(table).cell(key);
      reads.add(dependency);
      return dependency.row as Row | undefined;
    }) satisfies Read;
    this.computed.set(name, (this.computed.get(name) ?? 0) + 1);
    try {
      return compute(read, cell.key);
    } catch (error) {
      this.#onError(name, cell.key, error);
      return cell.row;
    } finally {
      this.#depend(cell, reads);
    }
  }

  /** Brings every table up to date in rank order and forgets what nobody needs. */
  settle(): void {
    for (const table of this.#tables) table.settle();
    this.collect();
  }

  /** Forgets released cells that nobody needs, and then what only they needed. */
  collect(): void {
    for (const cell of this.#released) {
      this.#released.delete(cell); // so that it is looked at again when its last dependent goes
      if (cell.dependents.size > 0 || cell.listeners.size > 0 || cell.pinned || cell.table.keeps(cell)) continue;
      cell.table.drop(cell);
      for (const dependency of cell.dependencies) {
        dependency.dependents.delete(cell);
        this.#released.add(dependency);
      }
      cell.dependencies = new Set();
    }
  }

  /** Tells the listeners of changed rows, each once. */
  announce(): void {
    const notify = this.#notify;
    this.#notify = new Map();
    for (const [listener, cell] of notify) if (cell.listeners.has(listener)) listener(cell.row, cell.key);
  }

  #state(table: Table<unknown>): TableState {
    const state = this.#tables[table.rank];
    if (state?.name !== table.name) throw new Error(`the table ${table.name} belongs to another graph`);
    return state;
  }

  #depend(cell: Cell, reads: ReadonlySet<Cell>): void {
    for (const dependency of cell.dependencies) {
      if (reads.has(dependency)) continue;
      dependency.dependents.delete(cell);
      this.release(dependency);
    }
    for (const dependency of reads) dependency.dependents.add(cell);
    cell.dependencies = reads;
  }
}
