/** Groups the rows of a keyed table: the row of a group is the sorted list of the keys in it. A group without keys has no row. */
import { sameRow } from './equal.js';
import { type Cell, type Follower, type TableState, newCell } from './table.js';
import type { Wave } from './wave.js';

/** The groups that a row belongs to. Must depend on nothing but its arguments. */
export type GroupsOf<Row> = (row: Row, key: string) => Iterable<string>;

export class IndexTable implements TableState, Follower {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #groupsOf: GroupsOf<unknown>;
  readonly #cells = new Map<string, Cell>();
  readonly #members = new Map<string, Set<string>>();
  readonly #groupsByKey = new Map<string, readonly string[]>();
  /** By group, the keys that came or went since the table was settled last. */
  readonly #touched = new Map<string, Set<string>>();

  constructor(name: string, rank: number, wave: Wave, groupsOf: GroupsOf<unknown>) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#groupsOf = groupsOf;
  }

  get size(): number {
    return this.#cells.size;
  }

  cell(group: string): Cell {
    let cell = this.#cells.get(group);
    if (cell === undefined) {
      cell = newCell(this, group);
      cell.row = this.#row(group);
      this.#cells.set(group, cell);
    }
    return cell;
  }

  peek(group: string): unknown {
    return this.#cells.get(group)?.row;
  }

  sourceChanged(key: string, _before: unknown, after: unknown): void {
    const before = this.#groupsByKey.get(key) ?? [];
    const groups = this.#groups(key, after, before);
    for (const group of before) if (!groups.has(group)) this.#remove(group, key);
    for (const group of groups) this.#add(group, key);
    if (groups.size > 0) this.#groupsByKey.set(key, [...groups]);
    else this.#groupsByKey.delete(key);
  }

  settle(): void {
    if (this.#touched.size === 0) return;
    for (const [group, keys] of this.#touched) this.#refresh(group, keys);
    this.#touched.clear();
  }

  invalidate(): void {
    throw new Error(`the index ${this.name} follows its source and reads nothing`);
  }

  keeps(): boolean {
    return false;
  }

  drop(cell: Cell): void {
    this.#cells.delete(cell.key);
  }

  keys(): Iterable<string> {
    return [...this.#members.keys()];
  }

  /** A row whose groups cannot be told stays in those that it was in. */
  #groups(key: string, row: unknown, before: readonly string[]): ReadonlySet<string> {
    if (row === undefined) return none;
    try {
      return new Set(this.#groupsOf(row, key));
    } catch (error) {
      this.#wave.report(this, key, error);
      return new Set(before);
    }
  }

  #add(group: string, key: string): void {
    const members = this.#members.get(group);
    if (members?.has(key)) return;
    if (members === undefined) this.#members.set(group, new Set([key]));
    else members.add(key);
    this.#touch(group, key);
  }

  #remove(group: string, key: string): void {
    const members = this.#members.get(group);
    members?.delete(key);
    if (members?.size === 0) this.#members.delete(group);
    this.#touch(group, key);
  }

  #touch(group: string, key: string): void {
    const keys = this.#touched.get(group);
    if (keys === undefined) this.#touched.set(group, new Set([key]));
    else keys.add(key);
  }

  #row(group: string): readonly string[] | undefined {
    const members = this.#members.get(group);
    return members === undefined ? undefined : [...members].sort();
  }

  /** The row after some keys came or went. Of a large group that few did, this is much less than sorting it. */
  #patched(group: string, before: readonly string[] = [], keys: ReadonlySet<string>): readonly string[] | undefined {
    const members = this.#members.get(group);
    if (members === undefined || keys.size > fewKeys) return this.#row(group);
    const row = [...before];
    for (const key of keys) {
      if (members.has(key)) row.splice(placeOf(row, key), 0, key);
      else row.splice(placeOf(row, key), 1);
    }
    return row;
  }

  #refresh(group: string, keys: ReadonlySet<string>): void {
    const cell = this.#cells.get(group);
    if (cell === undefined) return;
    this.#wave.put(cell, this.#patched(group, cell.row as readonly string[] | undefined, keys), sameRow);
  }
}

const none: ReadonlySet<string> = new Set();

/** From so many changed keys on, a group is sorted anew. */
const fewKeys = 16;

/** Where a key is in a sorted list, or else would be. */
function placeOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
