/**
 * The incremental engine: input tables, tables derived from them, and commits that compute again only the rows that a change
 * reaches. One thread, one order: rows are settled table by table in the order of declaration.
 */
import { DerivedTable } from './derived-table.js';
import { sameRow } from './equal.js';
import { type GroupsOf, IndexTable } from './index-table.js';
import { InputTable } from './input-table.js';
import type { Compute, Equal, KeyedTable, Listener, Read, Table, TableState } from './table.js';
import { type OnError, Wave } from './wave.js';

/** A table whose rows are set in commits. */
export interface Input<Row> extends KeyedTable<Row> {
  readonly input: true;
}

/** What a commit may do. */
export interface Transaction {
  set<Row>(table: Input<Row>, key: string, row: Row): void;
  delete(table: Input<unknown>, key: string): void;
}

/** A row that is being watched. */
export interface Observation<Row> {
  readonly row: Row | undefined;
  /** Stops watching. The row is forgotten if nobody else needs it. */
  close(): void;
}

export interface GraphOptions {
  /** Told of rows that threw. Such a row keeps its last value; default: the error is thrown out of the commit. */
  readonly onError?: OnError;
}

export class Graph {
  readonly #tables: TableState[] = [];
  readonly #names = new Set<string>();
  readonly #wave: Wave;
  readonly #watchers: (() => void)[] = [];
  #committing = false;

  constructor(options: GraphOptions = {}) {
    this.#wave = new Wave(this.#tables, options.onError ?? rethrow);
  }

  /** Declares a table whose rows are set from outside. Rows are compared by `equal`, default: structurally. */
  input<Row>(name: string, equal: Equal<Row> = sameRow): Input<Row> {
    this.#add(name, (rank) => new InputTable(name, rank, this.#wave, equal as Equal<unknown>));
    return { name, rank: this.#tables.length - 1, keyed: true, input: true };
  }

  /** Declares a lazy table: a row is computed when somebody reads or observes it, and kept as long as somebody does. */
  derive<Row>(name: string, compute: Compute<Row>, equal: Equal<Row> = sameRow): Table<Row> {
    this.#add(name, (rank) => new DerivedTable(name, rank, this.#wave, compute, equal as Equal<unknown>));
    return { name, rank: this.#tables.length - 1 };
  }

  /** Declares a table with one row (or none, where `compute` gives `undefined`) for each row of `source`. */
  map<Source, Row>(
    name: string,
    source: KeyedTable<Source>,
    compute: (source: Source, read: Read, key: string) => Row | undefined,
    equal: Equal<Row> = sameRow,
  ): KeyedTable<Row> {
    const computeMapped: Compute<Row> = (read, key) => {
      const row = read(source, key);
      return row === undefined ? undefined : compute(row, read, key);
    };
    const table = this.#add(name, (rank) => new DerivedTable(name, rank, this.#wave, computeMapped, equal as Equal<unknown>));
    this.#follow(source, table);
    return { name, rank: table.rank, keyed: true };
  }

  /** Declares an index: the row of a group is the sorted list of the source's keys in it. */
  index<Source>(name: string, source: KeyedTable<Source>, groupsOf: GroupsOf<Source>): Table<readonly string[]> {
    const table = this.#add(name, (rank) => new IndexTable(name, rank, this.#wave, groupsOf as GroupsOf<unknown>));
    this.#follow(source, table);
    return { name, rank: table.rank };
  }

  /** Changes inputs, brings every row up to date and then tells observers, all before it returns. */
  commit(change: (transaction: Transaction) => void): void {
    if (this.#committing) throw new Error('a commit may not start another');
    this.#committing = true;
    try {
      change({
        set: (table, key, row) => {
          this.#input(table).set(key, row);
        },
        delete: (table, key) => {
          this.#input(table).set(key, undefined);
        },
      });
    } finally {
      this.#wave.settle();
      this.#committing = false;
    }
    this.#wave.announce();
    for (const tell of this.#watchers) tell();
  }

  /** Watches a row. The listener is called after each commit that changed it. */
  observe<Row>(table: Table<Row>, key: string, listener: (row: Row | undefined, key: string) => void): Observation<Row> {
    const cell = this.#state(table).cell(key);
    const own: Listener = (row, changedKey) => {
      listener(row as Row | undefined, changedKey);
    };
    cell.listeners.add(own);
    const close = (): void => {
      if (!cell.listeners.delete(own)) return;
      this.#wave.release(cell);
      if (!this.#committing) this.#wave.collect();
    };
    return {
      get row() {
        return cell.row as Row | undefined;
      },
      close,
    };
  }

  /** Watches all rows of a keyed table: after each commit that changed some, the listener gets them by key, `undefined` for those gone. */
  watch<Row>(table: KeyedTable<Row>, listener: (changes: ReadonlyMap<string, Row | undefined>) => void): void {
    let changes = new Map<string, Row | undefined>();
    const { followers } = this.#state(table);
    followers.push({ sourceChanged: (key, _before, after) => changes.set(key, after as Row | undefined) });
    this.#watchers.push(() => {
      if (changes.size === 0) return;
      const told = changes;
      changes = new Map();
      listener(told);
    });
  }

  /** The row as it is now. Computed for this call if nobody watches it. */
  read<Row>(table: Table<Row>, key: string): Row | undefined {
    const cell = this.#state(table).cell(key);
    const row = cell.row as Row | undefined;
    this.#wave.release(cell);
    if (!this.#committing) this.#wave.collect();
    return row;
  }

  /** All keys of a keyed table, sorted. */
  keys(table: KeyedTable<unknown>): readonly string[] {
    return [...this.#state(table).keys()].sort();
  }

  /** How many rows of each table were computed since the graph was made. */
  computed(): ReadonlyMap<string, number> {
    return new Map(this.#wave.computed);
  }

  #add<State extends TableState>(name: string, make: (rank: number) => State): State {
    if (this.#names.has(name)) throw new Error(`there are two tables named ${name}`);
    this.#names.add(name);
    const table = make(this.#tables.length);
    this.#tables.push(table);
    return table;
  }

  #follow(source: KeyedTable<unknown>, table: DerivedTable | IndexTable): void {
    this.#state(source).followers.push(table);
  }

  #state(table: Table<unknown>): TableState {
    const state = this.#tables[table.rank];
    if (state?.name !== table.name) throw new Error(`the table ${table.name} belongs to another graph`);
    return state;
  }

  #input(table: Input<unknown>): InputTable {
    const state = this.#state(table);
    if (!(state instanceof InputTable)) throw new Error(`the table ${table.name} is no input`);
    return state;
  }
}

function rethrow(table: string, key: string, error: unknown): never {
  throw new Error(`the row ${key} of ${table} could not be computed`, { cause: error });
}
