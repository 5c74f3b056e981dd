/** Groups the rows of a keyed table: the row of a group is the sorted list of the keys in it. A group without keys has no row. */
import { sameRow } from './equal.js';
import { type Cell, type Follower, type TableState, newCell } from './table.js';
import type { Wave } from './wave.js';

/** The groups of a row. Must depend on its arguments only. */
export type GroupsOf<K extends string, Row, Group extends string> = (row: Row, key: K) => Iterable<Group>;

export class IndexTable implements TableState, Follower {
  readonly name: string;
  readonly rank: number;
  readonly followers: Follower[] = [];
  readonly #wave: Wave;
  readonly #groupsOf: GroupsOf<string, unknown, string>;
  readonly #cells = new Map<string, Cell>();
  /** By group: the sorted keys in it, which are the row. */
  readonly #rows = new Map<string, readonly string[]>();
  /** By key: the groups of a row before `groups` threw an error for it. */
  readonly #kept = new Map<string, ReadonlySet<string>>();
  /** By group: the keys that were added and removed since the table was settled. */
  readonly #came = new Map<string, string[]>();
  readonly #went = new Map<string, string[]>();

  constructor(name: string, rank: number, wave: Wave, groupsOf: GroupsOf<string, unknown, string>) {
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
      cell.row = this.#rows.get(group);
      this.#cells.set(group, cell);
    }
    return cell;
  }

  peek(group: string): unknown {
    return this.#cells.get(group)?.row;
  }

  sourceChanged(key: string, before: unknown, after: unknown): void {
    const left = this.#kept.get(key) ?? this.#groups(key, before, none);
    this.#kept.delete(key);
    const groups = this.#groups(key, after, left);
    for (const group of left) if (!groups.has(group)) push(this.#went, group, key);
    for (const group of groups) if (!left.has(group)) push(this.#came, group, key);
  }

  settle(): void {
    if (this.#came.size + this.#went.size === 0) return;
    for (const [group, keys] of this.#went) this.#refresh(group, this.#came.get(group) ?? [], keys);
    for (const [group, keys] of this.#came) if (!this.#went.has(group)) this.#refresh(group, keys, []);
    this.#came.clear();
    this.#went.clear();
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
    return [...this.#rows.keys()];
  }

  /** If `groups` throws an error for a row, it stays in its groups. */
  #groups(key: string, row: unknown, before: ReadonlySet<string>): ReadonlySet<string> {
    if (row === undefined) return none;
    try {
      return new Set(this.#groupsOf(row, key));
    } catch (error) {
      this.#wave.report(this, key, error);
      this.#kept.set(key, before);
      return before;
    }
  }

  #refresh(group: string, came: readonly string[], went: readonly string[]): void {
    const row = changed(this.#rows.get(group) ?? [], came, went);
    if (row.length === 0) this.#rows.delete(group);
    else this.#rows.set(group, row);
    const cell = this.#cells.get(group);
    if (cell !== undefined) this.#wave.put(cell, row.length === 0 ? undefined : row, sameRow);
  }
}

const none: ReadonlySet<string> = new Set();

function push(lists: Map<string, string[]>, group: string, key: string): void {
  const keys = lists.get(group);
  if (keys === undefined) lists.set(group, [key]);
  else keys.push(key);
}

/** Up to this number, changed keys are inserted and removed one by one. Otherwise the whole list is sorted. */
const FEW_KEYS = 16;

/** The sorted list after some keys were added and removed. Patching a large list is faster than sorting it. */
function changed(row: readonly string[], came: readonly string[], went: readonly string[]): readonly string[] {
  if (came.length + went.length > FEW_KEYS) return resorted(row, came, went);
  const patched = row.slice();
  for (const key of went) patched.splice(sortedIndex(patched, key), 1);
  for (const key of came) patched.splice(sortedIndex(patched, key), 0, key);
  return patched.slice(); // without the room that an array keeps to grow
}

function resorted(row: readonly string[], came: readonly string[], went: readonly string[]): readonly string[] {
  const gone = new Set(went);
  return [...(gone.size === 0 ? row : row.filter((key) => !gone.has(key))), ...came].sort();
}

/** The index of a key in a sorted list, or the index at which to insert it. */
function sortedIndex(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
