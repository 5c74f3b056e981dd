/** A table with the rows of all maps in another table of maps. */
import type { StoredTable } from './stored-table.js';
import type { Follower, TableState } from './table.js';

/** Rows by key, as a map or as pairs. If two pairs have the same key, the last one counts. */
export type Expanded<K extends string, Row> = ReadonlyMap<K, Row> | Iterable<readonly [K, Row]>;

type RowMap = ReadonlyMap<string, unknown>;

/** Stages the rows of the maps in `maps` in the table `rows`. */
export class Expansion implements Follower {
  readonly #maps: TableState;
  readonly #rows: StoredTable;
  /** The keys of the maps that contain a row, sorted. The row is that of the first map. */
  readonly #owners = new Map<string, readonly string[]>();

  constructor(maps: TableState, rows: StoredTable) {
    this.#maps = maps;
    this.#rows = rows;
  }

  sourceChanged(owner: string, before: unknown, after: unknown): void {
    const gone = (before ?? noRows) as RowMap;
    const here = (after ?? noRows) as RowMap;
    for (const key of gone.keys()) if (!here.has(key)) this.#disown(key, owner);
    for (const key of here.keys()) if (!gone.has(key)) this.#own(key, owner);
    for (const key of new Set([...gone.keys(), ...here.keys()])) this.#stage(key);
  }

  #own(key: string, owner: string): void {
    const owners = this.#owners.get(key) ?? [];
    this.#owners.set(key, [...owners, owner].sort());
  }

  #disown(key: string, owner: string): void {
    const owners = (this.#owners.get(key) ?? []).filter((other) => other !== owner);
    if (owners.length > 0) this.#owners.set(key, owners);
    else this.#owners.delete(key);
  }

  #stage(key: string): void {
    const owner = this.#owners.get(key)?.[0];
    const map = owner === undefined ? undefined : (this.#maps.peek(owner) as RowMap | undefined);
    this.#rows.stage(key, map?.get(key));
  }
}

const noRows: RowMap = new Map();
