/**
 * The incremental engine: input tables, derived tables, and commits. A commit recomputes only the rows that depend on a change. It runs on
 * one thread, table by table in the order of declaration.
 */
import { DerivedTable } from './derived-table.js';
import { sameRow } from './equal.js';
import { throwAll } from './errors.js';
import { type Expanded, Expansion as MapExpansion } from './expansion.js';
import { type GroupsOf, IndexTable } from './index-table.js';
import { type SourceRow, sourcesOf } from './sources.js';
import { CellObservation, type Observation } from './observation.js';
import { StoredTable } from './stored-table.js';
import type { Compute, Equal, Follower, KeyedTable, Read, Table, TableState } from './table.js';
import { type OnError, Wave } from './wave.js';

/** A table whose rows are set in commits. */
export interface Input<in out K extends string, out Row> extends KeyedTable<K, Row> {
  readonly input: true;
}

/** The changes of a commit. They become visible together at its end. If a row changes several times, the last change counts. */
export interface Transaction {
  set<K extends string, Row>(table: Input<K, Row>, key: NoInfer<K>, row: Row): void;
  delete<K extends string>(table: Input<K, unknown>, key: NoInfer<K>): void;
}

/** A table that is being watched. */
export interface Watch {
  /** Stops watching. Changes that were not announced yet are never announced. */
  close(): void;
}

export interface GraphOptions {
  /**
   * Called for every row that could not be computed. The row keeps its last value until a row that it read changes. Default: the commit or
   * other call in which the error happened throws it at its end, with its cause.
   */
  readonly onError?: OnError;
}

/**
 * Functions that compute rows must depend on their arguments only: calling the graph from within throws. Listeners may call the graph. A
 * commit by a listener is complete when it returns; its changes are announced after all other listeners were notified.
 */
export class Graph {
  readonly #tables: TableState[] = [];
  readonly #names = new Set<string>();
  readonly #inputs = new Map<number, StoredTable>();
  readonly #wave: Wave;
  #committing = false;
  #commits = 0;

  constructor(options: GraphOptions = {}) {
    this.#wave = new Wave(this.#tables, options.onError ?? rethrow);
  }

  /** Declares a table whose rows are set in commits. `equal` compares rows. Default: structurally. */
  input<K extends string, Row>(name: string, equal: Equal<Row> = sameRow): Input<K, Row> {
    this.#declare(name);
    const table = this.#add((rank) => new StoredTable(name, rank, this.#wave, equal as Equal<unknown>));
    this.#inputs.set(table.rank, table);
    return { name, rank: table.rank, keyed: true, input: true };
  }

  /** Declares a lazy table. A row is computed when it is first read or observed, and kept as long as it is. */
  derive<K extends string, Row>(name: string, compute: Compute<K, Row>, equal: Equal<Row> = sameRow): Table<K, Row> {
    this.#declare(name);
    const table = this.#add(
      (rank) => new DerivedTable({ name, rank }, this.#wave, compute as ComputeAny, equal as Equal<unknown>),
    );
    return { name, rank: table.rank };
  }

  /** Declares a table with one row for each row of `source`, or none if `compute` returns `undefined`. */
  map<K extends string, Source, Row>(
    name: string,
    source: KeyedTable<K, Source>,
    compute: (source: Source, read: Read, key: K) => Row | undefined,
    equal: Equal<Row> = sameRow,
  ): KeyedTable<K, Row> {
    this.#declare(name);
    const computeMapped = mapped(source, compute) as ComputeAny;
    const state = this.#wave.state(source);
    const table = this.#add(
      (rank) => new DerivedTable({ name, rank }, this.#wave, computeMapped, equal as Equal<unknown>, state),
    );
    this.#follow([source], table);
    return { name, rank: table.rank, keyed: true };
  }

  /** Declares an index. The row of a group is the sorted list of the keys of `source` in that group. */
  index<K extends string, Source, Group extends string>(
    name: string,
    source: KeyedTable<K, Source>,
    groupsOf: GroupsOf<K, Source, Group>,
  ): Table<Group, readonly K[]> {
    this.#declare(name);
    const table = this.#add(
      (rank) => new IndexTable(name, rank, this.#wave, groupsOf as unknown as GroupsOf<string, unknown, string>),
    );
    this.#follow([source], table);
    return { name, rank: table.rank };
  }

  /** Declares a table with the rows of all `sources`. If several have a row for a key, that of the first source counts. */
  union<K extends string, Row>(
    name: string,
    sources: readonly KeyedTable<K, Row>[],
    equal: Equal<Row> = sameRow,
  ): KeyedTable<K, Row> {
    this.#declare(name);
    const states = sources.map((source) => this.#wave.state(source));
    const table = this.#add((rank) => new StoredTable(name, rank, this.#wave, equal as Equal<unknown>));
    this.#follow(sources, { sourceChanged: (key) => table.stage(key, firstRow(states, key)) });
    return { name, rank: table.rank, keyed: true };
  }

  /**
   * Declares a table with any number of rows for each row of `source`. `compute` chooses their keys. If several source rows give a row for the
   * same key, that of the first source key counts. Errors and counts of computed rows belong to the rows of `source`.
   */
  expand<K extends string, Source, Expansion extends string, Row>(
    name: string,
    source: KeyedTable<K, Source>,
    compute: (source: Source, read: Read, key: K) => Expanded<Expansion, Row>,
    equal: Equal<Row> = sameRow,
  ): KeyedTable<Expansion, Row> {
    this.#declare(name);
    const computeMaps = mapped(source, (row: Source, read, key) => asMap(compute(row, read, key))) as ComputeAny;
    const state = this.#wave.state(source);
    const maps = this.#add((rank) => new DerivedTable({ name, rank }, this.#wave, computeMaps, unequal, state));
    const table = this.#add((rank) => new StoredTable(name, rank, this.#wave, equal as Equal<unknown>));
    maps.followers.push(new MapExpansion(maps, table));
    this.#follow([source], maps);
    return { name, rank: table.rank, keyed: true };
  }

  /** The number of commits so far. Rows that are read between two equal numbers are of one moment. */
  get commits(): number {
    return this.#commits;
  }

  /**
   * Changes inputs, brings all rows up to date and then notifies observers, before it returns. If `change` throws, nothing has changed. While
   * `change` runs, the graph is as before the commit.
   */
  commit(change: (transaction: Transaction) => void): void {
    this.#wave.checkIdle();
    if (this.#committing) throw new Error('a commit may not start another');
    this.#stage(change);
    this.#commits += 1;
    this.#wave.settle();
    const errors = this.#wave.takeErrors(); // before listeners make calls that would throw them
    throwAll([...errors, ...this.#wave.announcements.tell()]);
  }

  /** Watches a row. The listener is called after each commit that changed it. */
  observe<K extends string, Row>(
    table: Table<K, Row>,
    key: NoInfer<K>,
    listener: (row: Row | undefined, key: K) => void,
  ): Observation<Row> {
    this.#wave.checkIdle();
    const observation = new CellObservation(
      this.#wave,
      this.#wave.state(table).cell(key),
      listener as (row: Row | undefined, key: string) => void,
    );
    try {
      throwAll(this.#wave.takeErrors());
    } catch (error) {
      observation.close();
      throw error;
    }
    return observation;
  }

  /**
   * Watches all rows of a keyed table. After each commit with changes, the listener gets the changed rows by key, `undefined` for removed
   * rows. It is not notified of existing rows.
   */
  watch<K extends string, Row>(
    table: KeyedTable<K, Row>,
    listener: (changes: ReadonlyMap<K, Row | undefined>) => void,
  ): Watch {
    this.#wave.checkIdle();
    const { followers } = this.#wave.state(table);
    const close = this.#wave.announcements.watch(followers, (changes) =>
      listener(changes as ReadonlyMap<K, Row | undefined>),
    );
    return { close };
  }

  /** The current row. Computed for this call only if nobody watches it. */
  read<K extends string, Row>(table: Table<K, Row>, key: NoInfer<K>): Row | undefined {
    this.#wave.checkIdle();
    const cell = this.#wave.state(table).cell(key);
    const row = cell.row as Row | undefined;
    this.#wave.release(cell);
    this.#wave.collect();
    throwAll(this.#wave.takeErrors());
    return row;
  }

  /**
   * The source rows of a row: rows that it read, directly or through other rows, and that were not computed themselves, such as inputs. For an
   * index, the search ends at its groups.
   */
  sources<K extends string>(table: Table<K, unknown>, key: NoInfer<K>): readonly SourceRow[] {
    this.#wave.checkIdle();
    const cell = this.#wave.state(table).cell(key);
    const found = sourcesOf(cell);
    this.#wave.release(cell);
    this.#wave.collect();
    throwAll(this.#wave.takeErrors());
    return found;
  }

  /** All keys of a keyed table, sorted. */
  keys<K extends string>(table: KeyedTable<K, unknown>): readonly K[] {
    this.#wave.checkIdle();
    return [...this.#wave.state(table).keys()].sort() as K[];
  }

  /** The number of cells of a table, as in `size`. Costs nothing. */
  cells(table: Table<never, unknown>): number {
    return this.#wave.state(table).size;
  }

  /** How many rows of each table were computed since the graph was made. */
  computed(): ReadonlyMap<string, number> {
    return new Map(this.#wave.computed);
  }

  /**
   * The number of cells in each table, including cells without a row that somebody reads or observes. For a table made by `expand`: its rows
   * and those of its source.
   */
  size(): ReadonlyMap<string, number> {
    const sizes = new Map<string, number>();
    for (const { name, size } of this.#tables) sizes.set(name, (sizes.get(name) ?? 0) + size);
    return sizes;
  }

  #declare(name: string): void {
    this.#wave.checkIdle();
    if (this.#committing) throw new Error('a commit may not declare tables');
    if (this.#names.has(name)) throw new Error(`there are two tables named ${name}`);
    this.#names.add(name);
  }

  #add<State extends TableState>(make: (rank: number) => State): State {
    const table = make(this.#tables.length);
    this.#tables.push(table);
    return table;
  }

  /** Notifies a follower of all changes of its sources, and of their existing rows. */
  #follow(sources: readonly Table<never, unknown>[], follower: Follower): void {
    for (const source of sources) {
      const state = this.#wave.state(source);
      state.followers.push(follower);
      for (const key of state.keys()) follower.sourceChanged(key, undefined, state.peek(key));
    }
    this.#wave.settle();
    throwAll(this.#wave.takeErrors());
  }

  #stage(change: (transaction: Transaction) => void): void {
    const staged = new Set<StoredTable>();
    let open = true;
    const stage = (table: Table<never, unknown>, key: string, row: unknown): void => {
      if (!open) throw new Error('the commit is over');
      const input = this.#input(table);
      staged.add(input);
      input.stage(key, row);
    };
    this.#committing = true;
    try {
      change({ set: stage, delete: (table, key) => stage(table, key, undefined) });
    } catch (error) {
      for (const input of staged) input.discard();
      throw error;
    } finally {
      open = false;
      this.#committing = false;
    }
  }

  #input(table: Table<never, unknown>): StoredTable {
    this.#wave.state(table);
    const input = this.#inputs.get(table.rank);
    if (input === undefined) throw new Error(`the table ${table.name} is no input`);
    return input;
  }
}

/** Internally, keys are plain text. */
type ComputeAny = Compute<string, unknown>;

function mapped<K extends string, Source, Row>(
  source: KeyedTable<K, Source>,
  compute: (source: Source, read: Read, key: K) => Row | undefined,
): Compute<K, Row> {
  return (read, key) => {
    const row = read(source, key);
    return row === undefined ? undefined : compute(row, read, key);
  };
}

function firstRow(tables: readonly TableState[], key: string): unknown {
  for (const table of tables) {
    const row = table.peek(key);
    if (row !== undefined) return row;
  }
  return undefined;
}

function asMap<K extends string, Row>(rows: Expanded<K, Row>): ReadonlyMap<K, Row> {
  return rows instanceof Map ? (rows as ReadonlyMap<K, Row>) : new Map(rows);
}

/** Expanded tables compare the rows inside the maps instead. */
function unequal(): boolean {
  return false;
}

function rethrow(table: string, key: string, error: unknown): never {
  throw new Error(`the row ${key} of ${table} could not be computed`, { cause: error });
}
