/** Groups the rows of a keyed table: the row of a group is the sorted list of the keys in it. A group without keys has no row. */
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
  readonly #groupsByKey = new Map<string, ReadonlySet<string>>();
  readonly #touched = new Set<string>();

  constructor(name: string, rank: number, wave: Wave, groupsOf: GroupsOf<unknown>) {
    this.name = name;
    this.rank = rank;
    this.#wave = wave;
    this.#groupsOf = groupsOf;
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

  sourceChanged(key: string, _before: unknown, after: unknown): void {
    const before = this.#groupsByKey.get(key) ?? none;
    const groups: ReadonlySet<string> = after === undefined ? none : new Set(this.#groupsOf(after, key));
    for (const group of before) if (!groups.has(group)) this.#remove(group, key);
    for (const group of groups) if (!before.has(group)) this.#add(group, key);
    if (groups.size > 0) this.#groupsByKey.set(key, groups);
    else this.#groupsByKey.delete(key);
  }

  settle(): void {
    for (const group of this.#touched) this.#refresh(group);
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

  #add(group: string, key: string): void {
    const members = this.#members.get(group);
    if (members === undefined) this.#members.set(group, new Set([key]));
    else members.add(key);
    this.#touched.add(group);
  }

  #remove(group: string, key: string): void {
    const members = this.#members.get(group);
    members?.delete(key);
    if (members?.size === 0) this.#members.delete(group);
    this.#touched.add(group);
  }

  #row(group: string): readonly string[] | undefined {
    const members = this.#members.get(group);
    return members === undefined ? undefined : [...members].sort();
  }

  #refresh(group: string): void {
    const cell = this.#cells.get(group);
    if (cell === undefined) return;
    const before = cell.row as readonly string[] | undefined;
    const after = this.#row(group);
    if (sameKeys(before, after)) return;
    cell.row = after;
    this.#wave.changed(cell, before);
  }
}

const none: ReadonlySet<string> = new Set();

function sameKeys(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
